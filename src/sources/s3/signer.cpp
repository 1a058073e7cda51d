#include "sources/s3/signer.hpp"

#include <chrono>
#include <mutex>
#include <optional>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/s3/sigv4.hpp"

namespace notify::s3 {

namespace {

// stores refuse requests that are 15 minutes off
constexpr std::chrono::milliseconds kSkewThatMatters = std::chrono::minutes(4);

}  // namespace

Result<Credentials> Signer::CredentialsNow() const {
    std::optional<Credentials> refused;
    {
        const std::scoped_lock lock(mutex_);
        refused = refused_;
    }
    return credentials_(refused ? &*refused : nullptr);
}

std::chrono::milliseconds Signer::ClockOffset() const noexcept {
    return std::chrono::milliseconds(clock_offset_ms_.load());
}

Timestamp Signer::Now() const {
    return clock_.Now() + ClockOffset();
}

bool Signer::LearnsClock(const HttpResponse& response, Timestamp signed_at) {
    const auto theirs = ServerTime(response);
    const int status = response.status;
    if (!theirs || (status != 403 && status != 400 && status != 401)) {
        return false;
    }
    const auto off = *theirs - signed_at;
    if (off > -kSkewThatMatters && off < kSkewThatMatters) {
        return false;
    }
    clock_offset_ms_ = (*theirs - clock_.Now()).count();
    return true;
}

bool Signer::HasOthersThan(const Credentials& refused) {
    {
        const std::scoped_lock lock(mutex_);
        refused_ = refused;
    }
    const auto newer = CredentialsNow();
    return newer && *newer != refused;
}

}  // namespace notify::s3
