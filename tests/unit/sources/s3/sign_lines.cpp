// Signs requests read from standard input, a JSON object a line, and prints each one's signature: what
// tools/oracle/sigv4.py compares with botocore's.

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "sources/s3/sigv4.hpp"

namespace notify::s3 {
namespace {

std::string Bytes(const boost::json::value& value) {
    return FromHex(std::string_view(value.as_string())).value();
}

std::string Sign(const boost::json::object& line) {
    SigningRequest request{
        .method = Bytes(line.at("method")),
        .host = Bytes(line.at("host")),
        .path = EncodePath(Bytes(line.at("path"))),
        .payload_hash = Bytes(line.at("payload_hash")),
    };
    for (const auto& pair : line.at("query").as_array()) {
        request.query.emplace_back(Bytes(pair.at(0)), Bytes(pair.at(1)));
    }
    for (const auto& pair : line.at("headers").as_array()) {
        request.headers.emplace_back(Bytes(pair.at(0)), Bytes(pair.at(1)));
    }
    const Credentials credentials{
        .access_key = Bytes(line.at("access_key")),
        .secret_key = Bytes(line.at("secret_key")),
        .session_token = Bytes(line.at("session_token")),
    };
    const auto service = Bytes(line.at("service"));
    const SigningScope scope{
        .region = Bytes(line.at("region")),
        .service = service,
        .form = service == "s3" ? SigningForm::kS3 : SigningForm::kGeneral,
        .time = FromMillis(line.at("time").as_int64() * 1000)
    };
    if (line.at("presign").as_bool()) {
        return PresignQuery(request, credentials, scope, std::chrono::seconds(line.at("life").as_int64()));
    }
    return SignHeaders(request, credentials, scope).back().second;
}

}  // namespace
}  // namespace notify::s3

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::cout << notify::s3::Sign(boost::json::parse(line).as_object()) << '\n';
    }
}
