#include "sources/datacore/schema.hpp"

#include <string>
#include <string_view>

#include "sources/objects/store_schema.hpp"

namespace notify::datacore {

namespace {

constexpr std::string_view kOwn = R"json(
        "endpoint": {"type": "string", "description": "The storage domain of Swarm: https://media.cloud.datacore.com, with the port of its S3 for a token ACCESS:SECRET, of its own HTTP API for a token's id"},
        "domain": {"type": "string", "description": "The storage domain, when the endpoint is another name or an address of the gateway; Swarm's own HTTP API only"},
        "region": {"type": "string", "default": "us-east-1", "description": "Region that requests are signed for"},
        "addressing": {"type": "string", "enum": ["automatic", "path", "virtual_host"], "default": "path",
                       "description": "Where the bucket is named: in the path, in the host name, or as the store is known to want it"})json";

}  // namespace

std::string_view Schema() {
    static const std::string schema = objects::StoreSchema(kOwn);
    return schema;
}

}  // namespace notify::datacore
