#pragma once

// Where a PostgreSQL server is, and who asks.

#include <string>

namespace notify {

/// Empty members are left to libpq's own rules (PGSSLMODE, ~/.pgpass …).
struct PostgresServer {
    std::string
        host;  ///< A name, an address, a folder with a socket; several with commas: the primary is found.
    std::string port;  ///< "" is 5432.
    std::string user;
    std::string password;  ///< Secret.
    std::string database;
    std::string tls_mode;       ///< libpq's sslmode: "disable" … "verify-full".
    std::string tls_root_cert;  ///< Path of the authorities' certificates.
};

}  // namespace notify
