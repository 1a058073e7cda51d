#include "sources/s3/schema.hpp"

#include <string>
#include <string_view>

#include "sources/objects/store_schema.hpp"

namespace notify::s3 {

namespace {

constexpr std::string_view kOwn = R"json(
        "endpoint": {"type": "string", "description": "Where the store answers: https://s3.eu-central-1.amazonaws.com"},
        "region": {"type": "string", "default": "us-east-1", "description": "Region that requests are signed for; another one that the store names is learned"},
        "addressing": {"type": "string", "enum": ["automatic", "path", "virtual_host"], "default": "automatic",
                       "description": "Where the bucket is named: in the path, in the host name, or as the store is known to want it"})json";

}  // namespace

std::string_view Schema() {
    static const std::string schema = objects::StoreSchema(kOwn);
    return schema;
}

}  // namespace notify::s3
