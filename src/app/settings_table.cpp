// The one table of settings.

#include <array>
#include <span>
#include <string_view>

#include "app/settings.hpp"

namespace notify {

namespace {

constexpr std::string_view kStores = "Stores";
constexpr std::string_view kService = "Service";
constexpr std::string_view kDatabase = "Database";
constexpr std::string_view kProcessing = "Processing";
constexpr std::string_view kWebhooks = "Webhooks";

constexpr std::array kRows{
    SettingRow{
        .name = "HOST",
        .default_value = "127.0.0.1",
        .allowed = "an IP address of this machine, or localhost",
        .section = kService,
        .description = "Address the API listens on. Other than loopback needs an admin key to exist."
    },
    SettingRow{
        .name = "PORT",
        .default_value = "8080",
        .allowed = "0 to 65535; 0 takes any free port",
        .section = kService,
        .description = "Port of the API and of /docs."
    },
    SettingRow{
        .name = "TLS_CERTIFICATE",
        .default_value = "",
        .allowed = "a path",
        .section = kService,
        .description =
            "PEM file of the API's certificate and of those between it and its authority. With TLS_KEY "
            "the API speaks HTTPS only; a new file is taken without a restart. Unset: HTTP."
    },
    SettingRow{
        .name = "TLS_KEY",
        .default_value = "",
        .allowed = "a path",
        .section = kService,
        .description = "PEM file of that certificate's key, without a passphrase."
    },
    SettingRow{
        .name = "API_RATE_LIMIT",
        .default_value = "0",
        .allowed = "0 to 1000000",
        .section = kService,
        .description =
            "Requests a second that one key may make, and one address (of IPv6 a /64) without a key that "
            "opens; more are answered 429. 0: no limit."
    },
    SettingRow{
        .name = "API_CORS_ORIGINS",
        .default_value = "",
        .allowed =
            "origins as browsers write them, like https://mam.example:8443, separated by commas; not *",
        .section = kService,
        .description = "Whose pages may use the API in a browser, with a key that they know. Unset: nobody's "
                       "but its own (/docs)."
    },
    SettingRow{
        .name = "DATA_DIR",
        .default_value = "data",
        .allowed = "a folder",
        .section = kService,
        .description =
            "Where the database, artifacts, keys and the control socket live. Made when missing (0700)."
    },
    SettingRow{
        .name = "LOG_LEVEL",
        .default_value = "INFO",
        .allowed = "ALL, TRACE, DEBUG, INFO, WARN, ERROR or OFF",
        .section = kService,
        .description = "Least level that is logged. ALL logs every level."
    },
    SettingRow{
        .name = "ROLES",
        .default_value = "api,scheduler,worker,delivery",
        .allowed = "api, scheduler, worker and delivery, with commas",
        .section = kService,
        .description =
            "What this node does for a PostgreSQL database that several share: docs/scaling.md. On "
            "SQLite all of them."
    },
    SettingRow{
        .name = "STOP_GRACE_SECONDS",
        .default_value = "30",
        .allowed = "0 to 3600",
        .section = kService,
        .description = "How long running work may go on after SIGTERM before it is released."
    },
    SettingRow{
        .name = "DATABASE_HOST",
        .default_value = "",
        .allowed = "a host name",
        .section = kDatabase,
        .description = "Host of a PostgreSQL server, 15 or newer; several with commas: the primary is used. "
                       "Unset: SQLite in DATA_DIR."
    },
    SettingRow{
        .name = "DATABASE_PORT",
        .default_value = "5432",
        .allowed = "1 to 65535",
        .section = kDatabase,
        .description = "Port of the PostgreSQL server."
    },
    SettingRow{
        .name = "DATABASE_USER",
        .default_value = "",
        .allowed = "a user name",
        .section = kDatabase,
        .description = "User of the PostgreSQL server."
    },
    SettingRow{
        .name = "DATABASE_PASSWORD",
        .default_value = "",
        .allowed = "text",
        .section = kDatabase,
        .description = "Password of that user.",
        .secret = true
    },
    SettingRow{
        .name = "DATABASE_NAME",
        .default_value = "",
        .allowed = "a database name",
        .section = kDatabase,
        .description = "Database on the PostgreSQL server; the schema notifications is made in it."
    },
    SettingRow{
        .name = "DATABASE_SSLMODE",
        .default_value = "",
        .allowed = "disable, allow, prefer, require, verify-ca or verify-full",
        .section = kDatabase,
        .description = "How the connection is protected, as libpq's sslmode. Unset: prefer."
    },
    SettingRow{
        .name = "DATABASE_SSLROOTCERT",
        .default_value = "",
        .allowed = "a path",
        .section = kDatabase,
        .description = "Certificates of the authorities that the server's is checked with."
    },
    SettingRow{
        .name = "WORKERS",
        .default_value = "auto",
        .allowed = "auto, or 1 to 256",
        .section = kProcessing,
        .description = "Items processed at the same time. auto: as many as the machine has cores."
    },
    SettingRow{
        .name = "PROCESSOR_PROGRAM",
        .default_value = "",
        .allowed = "a program",
        .section = kProcessing,
        .description = "The sandboxed child. Unset: notifications-api-processor beside this program."
    },
    SettingRow{
        .name = "MODEL_FOLDER",
        .default_value = "",
        .allowed = "a folder",
        .section = kProcessing,
        .description = "Where the model files are. Unset: models beside this program, "
                       "../share/notifications-api/models (where "
                       "cmake --install puts them), or .deps/models, where script/bootstrap does."
    },
    SettingRow{
        .name = "MODEL_PRECISION",
        .default_value = "f32",
        .allowed = "f32 or bf16",
        .section = kProcessing,
        .description =
            "Arithmetic of the models. bf16 is faster where the processor has it; results differ slightly."
    },
    SettingRow{
        .name = "PROCESSOR_MEMORY_MIB",
        .default_value = "1536",
        .allowed = "256 to 1048576",
        .section = kProcessing,
        .description = "Resident memory a child may use before it is stopped."
    },
    SettingRow{
        .name = "PROCESSOR_IDLE_SECONDS",
        .default_value = "60",
        .allowed = "0 to 86400",
        .section = kProcessing,
        .description = "How long a child stays warm without work."
    },
    SettingRow{
        .name = "RETENTION_DAYS",
        .default_value = "30",
        .allowed = "0 to 36500",
        .section = kProcessing,
        .description = "How long events, dead messages and ended deliveries are kept; 0 keeps them for ever."
    },
    SettingRow{
        .name = "RETENTION_DONE_DAYS",
        .default_value = "7",
        .allowed = "0 to 36500",
        .section = kProcessing,
        .description =
            "How long a result is kept after a newer run replaced it, and an item that went well after "
            "its object was gone from the store or replaced there; 0 keeps them for ever. What is "
            "in the store stays with its latest result."
    },
    SettingRow{
        .name = "RETENTION_FAILED_DAYS",
        .default_value = "30",
        .allowed = "0 to 36500",
        .section = kProcessing,
        .description = "The same for runs and items that failed or were cancelled."
    },
    SettingRow{
        .name = "RETENTION_HISTORY_DAYS",
        .default_value = "30",
        .allowed = "0 to 36500",
        .section = kProcessing,
        .description = "How long an item's history from before its current runs is kept; 0 keeps it for ever."
    },
    SettingRow{
        .name = "RETENTION_UNNAMED_DAYS",
        .default_value = "30",
        .allowed = "0 to 36500",
        .section = kProcessing,
        .description = "How long embeddings and thumbnails of faces are kept that nobody has named; 0 keeps "
                       "them for ever. "
                       "When a face was seen stays; it can be named no more."
    },
    SettingRow{
        .name = "WEBHOOK_ALLOW_CIDRS",
        .default_value = "",
        .allowed = "networks like 10.1.0.0/16, separated by commas",
        .section = kWebhooks,
        .description = "Private networks that webhooks may reach. Loopback and link-local only when named "
                       "exactly (/32, /128)."
    },
    SettingRow{
        .name = "ICONIK_URL",
        .default_value = "https://app.iconik.io",
        .allowed = "an http(s) URL",
        .section = kStores,
        .description = "Where ICONIK is, for the source that ICONIK_APP_ID and ICONIK_ACCESS_TOKEN make."
    },
    SettingRow{
        .name = "ICONIK_APP_ID",
        .default_value = "",
        .allowed = "text",
        .section = kStores,
        .description = "App-ID for ICONIK. With ICONIK_ACCESS_TOKEN it makes a source."
    },
    SettingRow{
        .name = "ICONIK_ACCESS_TOKEN",
        .default_value = "",
        .allowed = "text",
        .section = kStores,
        .description = "Auth-Token for ICONIK, beside ICONIK_APP_ID.",
        .secret = true
    },
    SettingRow{
        .name = "ICONIK_WEBHOOK_SECRET",
        .default_value = "",
        .allowed = "16 or more characters",
        .section = kStores,
        .description =
            "What webhooks and custom actions of ICONIK carry in the header X-Notifications-Secret. "
            "Unset: /v1/intake/iconik needs an API key.",
        .secret = true
    },
    SettingRow{
        .name = "ICONIK_SYSTEM_DOMAIN_ID",
        .default_value = "",
        .allowed = "a UUID",
        .section = kStores,
        .description = "The ICONIK whose messages are taken; those of another are not. Unset: of any."
    },
    SettingRow{
        .name = "AWS_ACCESS_KEY",
        .default_value = "",
        .allowed = "text",
        .section = kStores,
        .description =
            "Access key of S3 stores and queues, for sources that have no credentials of their own."
    },
    SettingRow{
        .name = "AWS_SECRET_KEY",
        .default_value = "",
        .allowed = "text",
        .section = kStores,
        .description = "Secret of that access key.",
        .secret = true
    },
    SettingRow{
        .name = "AWS_SESSION_TOKEN",
        .default_value = "",
        .allowed = "text",
        .section = kStores,
        .description = "Session token of that access key, when it is a temporary one.",
        .secret = true
    },
    SettingRow{
        .name = "AWS_REGION",
        .default_value = "",
        .allowed = "a region, like us-east-2",
        .section = kStores,
        .description = "Region of the queue of SQS_QUEUE_URL, when the URL does not name it."
    },
    SettingRow{
        .name = "SQS_QUEUE_URL",
        .default_value = "",
        .allowed = "an http or https URL without a user",
        .section = kStores,
        .description =
            "Queue that tells of new objects and assets. With both AWS keys it makes the source 'sqs'."
    },
    SettingRow{
        .name = "SQS_ENDPOINT",
        .default_value = "",
        .allowed = "an http or https URL without a user",
        .section = kStores,
        .description = "Where that queue is asked, when it is not the host of its URL."
    },
    SettingRow{
        .name = "SQS_MODE",
        .default_value = "long_poll",
        .allowed = "long_poll or interval",
        .section = kStores,
        .description = "long_poll: messages are taken when they come. interval: one request in each interval."
    },
    SettingRow{
        .name = "SQS_POLL_INTERVAL",
        .default_value = "60",
        .allowed = "1 to 3600",
        .section = kStores,
        .description = "Seconds: the longest that the queue is not asked."
    },
    SettingRow{
        .name = "DATACORE_ENDPOINT",
        .default_value = "",
        .allowed = "an http or https URL without a user",
        .section = kStores,
        .description =
            "Storage domain of DATACORE Swarm. With DATACORE_TOKEN, or both AWS keys, it makes the source "
            "'datacore'."
    },
    SettingRow{
        .name = "DATACORE_TOKEN",
        .default_value = "",
        .allowed = "text",
        .section = kStores,
        .description = "ACCESS:SECRET for S3, or a token id for the native API.",
        .secret = true
    },
};

}  // namespace

std::span<const SettingRow> SettingRows() {
    return kRows;
}

}  // namespace notify
