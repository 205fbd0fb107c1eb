"""The pages that there are, in the order of the navigation. Each is imported at its first visit."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

from app.ui.pages.page import PageSpec

PAGES = (
    PageSpec(
        "overview",
        str(QT_TRANSLATE_NOOP("MainWindow", "Overview")),
        "layout-dashboard",
        "app.ui.pages.overview:OverviewPage",
    ),
    PageSpec("fleet", str(QT_TRANSLATE_NOOP("MainWindow", "Fleet")), "server", "app.ui.pages.fleet:FleetPage"),
    PageSpec(
        "endpoint",
        str(QT_TRANSLATE_NOOP("MainWindow", "Endpoint")),
        "server",
        "app.ui.pages.endpoint:EndpointPage",
        in_navigation=False,
        under="fleet",
        needs_subject=True,
    ),
    PageSpec("enrol", str(QT_TRANSLATE_NOOP("MainWindow", "Enrol")), "circle-plus", "app.ui.pages.enrol:EnrolPage"),
    PageSpec(
        "lists",
        str(QT_TRANSLATE_NOOP("MainWindow", "Enrol many devices")),
        "rows-3",
        "app.ui.pages.lists:ListPage",
        in_navigation=False,
        under="enrol",
    ),
    PageSpec(
        "discovery",
        str(QT_TRANSLATE_NOOP("MainWindow", "Find devices")),
        "search",
        "app.ui.pages.discovery:DiscoveryPage",
        in_navigation=False,
        under="enrol",
    ),
    PageSpec(
        "runs",
        str(QT_TRANSLATE_NOOP("MainWindow", "Runs")),
        "list-checks",
        "app.ui.pages.runs:RunsPage",
        in_navigation=False,
        under="activity",
    ),
    PageSpec(
        "run",
        str(QT_TRANSLATE_NOOP("MainWindow", "Run")),
        "list-checks",
        "app.ui.pages.runs:RunPage",
        in_navigation=False,
        under="activity",
        needs_subject=True,
    ),
    PageSpec("alerts", str(QT_TRANSLATE_NOOP("MainWindow", "Alerts")), "bell", "app.ui.pages.alerts:AlertsPage"),
    PageSpec("stack", str(QT_TRANSLATE_NOOP("MainWindow", "Stack")), "layers", "app.ui.pages.stack:StackPage"),
    PageSpec(
        "dashboards",
        str(QT_TRANSLATE_NOOP("MainWindow", "Dashboards")),
        "chart-area",
        "app.ui.pages.dashboards:DashboardsPage",
    ),
    PageSpec(
        "activity", str(QT_TRANSLATE_NOOP("MainWindow", "Activity")), "history", "app.ui.pages.activity:ActivityPage"
    ),
    PageSpec(
        "security", str(QT_TRANSLATE_NOOP("MainWindow", "Security")), "shield", "app.ui.pages.security:SecurityPage"
    ),
    PageSpec(
        "settings", str(QT_TRANSLATE_NOOP("MainWindow", "Settings")), "settings", "app.ui.pages.settings:SettingsPage"
    ),
)
