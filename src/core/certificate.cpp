#include "core/certificate.hpp"

#include <array>
#include <cstddef>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pemerr.h>
#include <openssl/types.h>
#include <openssl/x509.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

struct Free {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }

    void operator()(X509* certificate) const noexcept { X509_free(certificate); }

    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};

using Bio = std::unique_ptr<BIO, Free>;
using Read = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

Bio Over(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Nobody is asked for a passphrase: an encrypted key is one that cannot be read.
int NoPassphrase(char* /*into*/, int /*size*/, int /*writing*/, void* /*context*/) {
    return -1;
}

std::string SubjectOf(const X509& certificate) {
    const Bio text(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(text.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::optional<Certificate> Describe(const X509& certificate) {
    std::tm end{};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &end) != 1 ||
        X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) {
        return std::nullopt;
    }
    const auto seconds = ::timegm(&end);  // NOLINT(misc-include-cleaner): it is in <time.h>
    Certificate known{
        .subject = SubjectOf(certificate), .expires_at = FromMillis(seconds * 1000), .sha256 = {}
    };
    for (std::size_t at = 0; at < size; ++at) {
        known.sha256 += fmt::format("{:02x}", digest.at(at));
    }
    return known;
}

/// True when the text ended, false when something in it could not be read.
bool EndedWell() {
    const auto why = ERR_peek_last_error();
    ERR_clear_error();
    return ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE;
}

}  // namespace

Result<std::vector<Certificate>> ReadCertificates(std::string_view pem) {
    ERR_clear_error();
    const auto text = Over(pem);
    std::vector<Certificate> found;
    while (const Read read{PEM_read_bio_X509(text.get(), nullptr, &NoPassphrase, nullptr)}) {
        auto described = Describe(*read);
        if (!described) {
            return Fail(ErrorCode::kInvalidArgument, "a certificate whose dates cannot be read");
        }
        found.push_back(std::move(*described));
    }
    if (!EndedWell()) {
        return Fail(ErrorCode::kInvalidArgument, "a certificate that cannot be read");
    }
    return found.empty() ? Fail(ErrorCode::kInvalidArgument, "no certificate in it; it is a PEM text")
                         : Result<std::vector<Certificate>>(std::move(found));
}

Result<void> CheckKeyOf(std::string_view certificates, std::string_view key) {
    const Read first(PEM_read_bio_X509(Over(certificates).get(), nullptr, &NoPassphrase, nullptr));
    const Key read(PEM_read_bio_PrivateKey(Over(key).get(), nullptr, &NoPassphrase, nullptr));
    const bool fits = first && read && X509_check_private_key(first.get(), read.get()) == 1;
    ERR_clear_error();
    if (!read) {
        return Fail(
            ErrorCode::kInvalidArgument, "a key that cannot be read; it is a PEM text, and not encrypted"
        );
    }
    return fits ? Result<void>{} : Fail(ErrorCode::kInvalidArgument, "the key of another certificate");
}

}  // namespace notify
