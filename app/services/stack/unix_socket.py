"""The SDK's transport over a Unix socket, without what it leaves open.

The SDK forgets the socket of a connection that fails, until the garbage collector finds it: one for each call while an engine is away.
"""

import socket
from typing import Any

import docker
from docker.transport import unixconn

_SCHEME = "http+docker://"
_HERE = f"{_SCHEME}localhost"


class _Connection(unixconn.UnixHTTPConnection):
    def connect(self) -> None:
        made = socket.socket(socket.AF_UNIX)
        try:
            made.settimeout(self.timeout)
            made.connect(self.unix_socket)
        except BaseException:
            made.close()
            raise
        self.sock = made


class _Pool(unixconn.UnixHTTPConnectionPool):
    timeout: Any  # The SDK's number of seconds, in place of urllib3's Timeout.

    def _new_conn(self) -> Any:
        return _Connection(self.base_url, self.socket_path, self.timeout)


class _Adapter(unixconn.UnixHTTPAdapter):
    def get_connection(self, url: str | bytes, proxies: object = None) -> _Pool:
        """One pool for all URLs; the SDK has one for each, and connects anew for each. There is no proxy on the way."""
        del url, proxies
        with self.pools.lock:
            pool = self.pools.get(self.socket_path)
            if pool is None:
                pool = self.pools[self.socket_path] = _Pool(
                    _HERE, self.socket_path, self.timeout, maxsize=self.max_pool_size
                )
            return pool


def use_own_sockets(client: docker.DockerClient, path: str) -> None:
    """Lets `client`, made for the socket at `path` and not used yet, close the socket of a connection that fails."""
    made: Any = client.api.get_adapter(client.api.base_url)
    client.api.mount(_SCHEME, _Adapter(path, made.timeout, max_pool_size=made.max_pool_size))
