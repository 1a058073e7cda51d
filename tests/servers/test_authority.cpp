#include "servers/test_authority.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace notify::testing {

namespace {

void Extend(X509* certificate, int nid, const char* value) {
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

}  // namespace

struct TestAuthority::Wanted {
    EVP_PKEY* key = nullptr;
    const X509* issuer = nullptr;  ///< Null: itself.
    EVP_PKEY* issuer_key = nullptr;
    std::string common_name;
    std::string alternative_name;  ///< Empty: it is an authority.
    std::chrono::seconds valid_for;
};

void TestAuthority::Free::operator()(EVP_PKEY* key) const noexcept {
    EVP_PKEY_free(key);
}

void TestAuthority::Free::operator()(X509* certificate) const noexcept {
    X509_free(certificate);
}

TestAuthority::Made TestAuthority::Make(const Wanted& wanted) {
    static std::atomic<long> serial = 1;
    Made made(X509_new());
    auto* certificate = made.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.valid_for.count());
    X509_set_pubkey(certificate, wanted.key);
    const auto* name = reinterpret_cast<const unsigned char*>(wanted.common_name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, name, -1, -1, 0);
    const auto* issuer = wanted.issuer == nullptr ? certificate : wanted.issuer;
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    if (wanted.alternative_name.empty()) {
        Extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
    } else {
        Extend(certificate, NID_subject_alt_name, wanted.alternative_name.c_str());
    }
    X509_sign(certificate, wanted.issuer_key, EVP_sha256());
    return made;
}

TestAuthority::TestAuthority(std::filesystem::path folder)
    : folder_(std::move(folder)), key_(EVP_EC_gen("P-256")) {
    certificate_ = Make(
        {.key = key_.get(),
         .issuer_key = key_.get(),
         .common_name = "authority of a test",
         .valid_for = std::chrono::hours(24)}
    );
    auto* file = std::fopen(CaFile().c_str(), "w");
    PEM_write_X509(file, certificate_.get());
    std::fclose(file);
}

TestAuthority::~TestAuthority() = default;

std::string TestAuthority::CaFile() const {
    return folder_ / "ca.pem";
}

std::string TestAuthority::Write(X509* certificate, EVP_PKEY* key) const {
    static std::atomic<int> number = 0;
    const std::string path = folder_ / ("certificate" + std::to_string(number++) + ".pem");
    auto* file = std::fopen(path.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    PEM_write_X509(file, certificate);
    std::fclose(file);
    return path;
}

std::string TestAuthority::Certificate(const std::string& name, std::chrono::seconds valid_for) const {
    const Key key(EVP_EC_gen("P-256"));
    const auto made = Make(
        {.key = key.get(),
         .issuer = certificate_.get(),
         .issuer_key = key_.get(),
         .common_name = "server of a test",
         .alternative_name = name,
         .valid_for = valid_for}
    );
    return Write(made.get(), key.get());
}

std::string TestAuthority::SelfSigned(const std::string& name) const {
    const Key key(EVP_EC_gen("P-256"));
    const auto made = Make(
        {.key = key.get(),
         .issuer_key = key.get(),
         .common_name = "nobody",
         .alternative_name = name,
         .valid_for = std::chrono::hours(1)}
    );
    return Write(made.get(), key.get());
}

}  // namespace notify::testing
