#pragma once

// The key pairs of a source, for a client that signs.

#include "domain/ids.hpp"
#include "sources/access.hpp"
#include "sources/s3/signer.hpp"

namespace notify::s3 {

/// The source's newest key pair, the one before it when the newest was refused; tokens without a secret key
/// are passed over. Errors of objects::LiveSecret.
[[nodiscard]] CredentialsProvider LiveCredentials(FindAccess access, SourceId id);

}  // namespace notify::s3
