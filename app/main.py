"""The composition root: builds the services once and hands them to the window or the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.models.stack import ServiceAccess, ServiceName
from app.paths import DataPaths
from app.services.alerting.client import AlertService
from app.services.audit import AuditService
from app.services.bulk.records import RunRecords
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.discovery import DiscoveryService
from app.services.endpoints import EndpointService
from app.services.enrolment import Asker, EnrolmentService, nobody
from app.services.grafana import DashboardService
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.metrics.fleet import FleetService
from app.services.overview import OverviewService
from app.services.pki import AuthorityService
from app.services.secrets import DATABASES, KeyringStore, SecretStore
from app.services.stack import StackService
from app.settings import Settings, load, save


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the window and the command line work with. `settings()` gives the settings as they are now."""

    paths: DataPaths
    settings: Callable[[], Settings]
    save_settings: Callable[[Settings], None]
    inventory: Inventory
    secrets: SecretStore
    database_passwords: SecretStore
    """Passwords of shared databases, by URL: they are needed before an installation is known."""
    kit: Kit
    stack: StackService
    endpoints: EndpointService
    credentials: CredentialService
    enrolment: EnrolmentService
    bulk: BulkService
    runs: RunRecords
    fleet: FleetService
    alerts: AlertService
    overview: OverviewService
    authorities: AuthorityService
    dashboards: DashboardService
    audit: AuditService
    discovery: DiscoveryService

    def close(self) -> None:
        """Let go of the Docker host and the database. The services are not to be used afterwards."""
        self.stack.close()
        self.inventory.close()


class SettingsHolder:
    """The settings in use: read from the file once, written back on change, seen by every service at once."""

    def __init__(self, paths: DataPaths) -> None:
        self._paths = paths
        self._settings = load(paths)

    def __call__(self) -> Settings:
        return self._settings

    def save(self, settings: Settings) -> None:
        """Write `settings` to the file, then use them."""
        save(self._paths, settings)
        self._settings = settings


#: Makes the stack from the settings in use, the keyring and the inventory.
StackMaker = Callable[[Callable[[], Settings], SecretStore, Inventory], StackService]


def build_services(
    data_dir: Path | None = None, *, ask: Asker = nobody, make_stack: StackMaker = StackService
) -> Services:
    """Open the inventory and the keyring under `data_dir` (default: the user's own) and put the services together.

    `ask` puts what devices ask at a login to the operator, on whatever thread logs in. `make_stack` is for who has Prometheus without a
    Docker host.

    Raises `InputError` for a bad settings file, `InventoryError` for a database that cannot be used and `SecretStoreError` when this
    desktop has no usable keyring. No Docker host, device or Prometheus is contacted.
    """
    paths = DataPaths.locate(data_dir)
    settings = SettingsHolder(paths)
    database_passwords = KeyringStore(DATABASES)
    inventory = Inventory.open(paths, settings().database_url, passwords=database_passwords)
    try:
        secrets = KeyringStore(inventory.installation_id)
        stack = make_stack(settings, secrets, inventory)

        def access(service: ServiceName) -> ServiceAccess:
            return stack.access(service)

        def scrape_interval() -> float:
            return settings().stack.scrape_interval_seconds

        credentials = CredentialService(inventory, secrets)
        fleet = FleetService(access, inventory.endpoints, scrape_interval=scrape_interval)
        alerts = AlertService(access)
        kit = Kit(paths.kit)
        enrolment = EnrolmentService(inventory, secrets, kit, stack, fleet, ask=ask)
        return Services(
            paths=paths,
            settings=settings,
            save_settings=settings.save,
            inventory=inventory,
            secrets=secrets,
            database_passwords=database_passwords,
            kit=kit,
            stack=stack,
            endpoints=EndpointService(inventory, stack),
            credentials=credentials,
            enrolment=enrolment,
            bulk=BulkService(inventory, enrolment, credentials),
            runs=RunRecords(inventory),
            fleet=fleet,
            alerts=alerts,
            overview=OverviewService(
                inventory, fleet, alerts, kit, retention_days=lambda: settings().stack.retention_days
            ),
            authorities=AuthorityService(inventory, secrets),
            dashboards=DashboardService(access, secrets, settings),
            audit=AuditService(inventory, settings),
            discovery=DiscoveryService(inventory),
        )
    except BaseException:
        inventory.close()
        raise
