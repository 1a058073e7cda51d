#include "sources/object_matrix/schema.hpp"

#include <string>
#include <string_view>

#include "sources/objects/store_schema.hpp"

namespace notify::object_matrix {

namespace {

constexpr std::string_view kOwn = R"json(
        "endpoint": {"type": "string", "description": "Where S3Connect, the S3 gateway of MatrixStore, answers: https://s3connect.example:9000"},
        "region": {"type": "string", "default": "us-east-1", "description": "Region that requests are signed for"},
        "addressing": {"type": "string", "enum": ["automatic", "path", "virtual_host"], "default": "path",
                       "description": "Where the bucket is named: in the path, in the host name, or as the store is known to want it"})json";

}  // namespace

std::string_view Schema() {
    static const std::string schema = objects::StoreSchema(kOwn);
    return schema;
}

}  // namespace notify::object_matrix
