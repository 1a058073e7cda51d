// NormaliseConfig.

#include <string>
#include <string_view>

#include "core/json_schema.hpp"
#include "core/result.hpp"
#include "processors/kind.hpp"

namespace notify {

Result<std::string> NormaliseConfig(const ProcessorKind& kind, std::string_view config) {
    return NormaliseJson(kind.name, kind.config_schema, config);
}

}  // namespace notify
