#include "sources/s3/live_credentials.hpp"

#include <utility>

#include "domain/ids.hpp"
#include "sources/access.hpp"
#include "sources/objects/live_secret.hpp"
#include "sources/s3/signer.hpp"
#include "sources/s3/sigv4.hpp"

namespace notify::s3 {

namespace {

Credentials CredentialsIn(const Secret& secret) {
    return {
        .access_key = secret.access_key,
        .secret_key = secret.secret_key,
        .session_token = secret.session_token
    };
}

}  // namespace

CredentialsProvider LiveCredentials(FindAccess access, SourceId id) {
    return [access = std::move(access), id = std::move(id)](const Credentials* refused) {
        return objects::LiveSecret(
                   access, id, [&](const Secret& secret) {
                       return secret.access_key.empty() ? objects::Fitness::kUnfit
                              : refused != nullptr && CredentialsIn(secret) == *refused
                                  ? objects::Fitness::kRefused
                                  : objects::Fitness::kFit;
                   }
        ).map(CredentialsIn);
    };
}

}  // namespace notify::s3
