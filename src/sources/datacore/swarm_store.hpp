#pragma once

// A storage domain of Swarm as a source's client: over S3 or over its own HTTP API, as its token says.

#include <memory>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "sources/access.hpp"
#include "sources/datacore/native_client.hpp"
#include "sources/objects/store_client.hpp"

namespace notify::datacore {

/// See objects::ConnectStore. The newest secret decides: a token's id is for Swarm's own API, a key pair for
/// S3. Secrets of the other form are passed over.
[[nodiscard]] Result<std::shared_ptr<objects::StoreClient>> ConnectStore(
    const SourceAccess& now, const FindAccess& access, const Clock& clock
);

/// Settings of a native client from the canonical JSON of a source. kInvalidArgument as s3::ReadConfig.
[[nodiscard]] Result<NativeSettings> ReadNativeSettings(std::string_view config);

}  // namespace notify::datacore
