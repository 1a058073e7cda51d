#pragma once

// A store that speaks S3, as a source's client.

#include <memory>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "sources/access.hpp"
#include "sources/objects/store_client.hpp"

namespace notify::s3 {

/// See objects::ConnectStore. Credentials are asked for before each request; the second key pair that lives
/// is tried when the store refuses the first. Tokens without a secret key are passed over.
[[nodiscard]] Result<std::shared_ptr<objects::StoreClient>> ConnectStore(
    const SourceAccess& now, const FindAccess& access, const Clock& clock
);

}  // namespace notify::s3
