// Writes the first inputs of the targets whose inputs our own code can write: fuzz_seeds FOLDER.
// Those of .env and of media come from .env.example and FFmpeg (tools/fuzz/targets.py).

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <boost/mp11.hpp>
#include <elf.h>
#include <fmt/core.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "fuzz/api_bodies.hpp"
#include "http/described.hpp"
#include "inference/yunet_weights.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/messages.hpp"
#include "unit/inference/dlib_writer.hpp"
#include "unit/sources/messages/bodies.hpp"

namespace notify::fuzz {
namespace {

using Inputs = std::vector<std::string>;

Inputs ApiInputs() {
    Inputs inputs;
    boost::mp11::mp_for_each<boost::mp11::mp_iota<boost::mp11::mp_size<Bodies>>>([&](auto index) {
        using View = boost::mp11::mp_at<Bodies, decltype(index)>;
        const auto route = static_cast<char>('a' + index);
        inputs.push_back(route + ToJsonText(described::ToJson(View{})));
    });
    for (
        const auto* body :
        {R"(a{"location":"/media/in","name":"inbox","scan_interval_seconds":60.5,"settle_seconds":2,"include":["**/*.mp4"],"exclude":[".*"],"weight":5,"rules":[{"processor":"facial-recognition","config":{"fps":5},"media_types":["video/*"],"priority":-3,"biometric_basis":"consent"},{"processor":"checksum"}]})",
         R"(b{"active":false,"weight":1000})",
         R"(c{"processor":"FacialRecognition","config":{"fps":0.2},"bucket":"bkt_1","path_glob":"a/**","enabled":true})",
         R"(d{"config":{"a~b/c":[1,-2.5e-3,null]},"priority":1000})",
         R"(e{"name":"Ada","photos":[{"file_name":"a.jpg","base64":"AAAA","face":{"x":1.5,"y":2}}]})",
         R"(g{"url":"https://example.org/hook","types":["item.completed"]})",
         R"(i{"overlap_hours":168})",
         R"(j{"since":"2026-01-02T03:04:05Z"})",
         R"(k{"name":"a key","scopes":["read","write"]})"}) {
        inputs.emplace_back(body);
    }
    return inputs;
}

/// Each shape, plain and in each pair of envelopes.
Inputs MessageInputs() {
    Inputs inputs;
    for (const auto& body :
         {testing::Records("a+b%2Fc.mp4"),
          testing::EventBridge("a.mp4"),
          testing::AssetCreated(),
          ToJsonText(testing::Webhook("files", "update", {{"asset_id", testing::kAsset}})),
          ToJsonText(testing::Action()),
          std::string(R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"media"})"),
          std::string(R"({"bucket":"media","key":"a.mp4"})")}) {
        inputs.push_back(body);
        for (const auto& inner : testing::Wrappings()) {
            for (const auto& outer : testing::Wrappings()) {
                inputs.push_back(outer.around(inner.around(body)));
            }
        }
    }
    return inputs;
}

Inputs QueueInputs() {
    return {
        R"(m{"Messages":[{"MessageId":"1","ReceiptHandle":"r","Body":"{}","MD5OfBody":"99914b932bd37a50b983c5e7c90ae93b","Attributes":{"ApproximateReceiveCount":"2","SentTimestamp":"1795886348456"}}]})",
        R"(2{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"ReceiptHandleIsInvalid","Message":"x","SenderFault":true}]})",
        R"(a{"Attributes":{"VisibilityTimeout":"30","ApproximateNumberOfMessages":"7","RedrivePolicy":"{\"deadLetterTargetArn\":\"arn\",\"maxReceiveCount\":5}"}})",
        R"(e{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"there is none"})",
        R"(e{"code":"AWS.SimpleQueueService.NonExistentQueue","Message":"x"})",
        "e<?xml version=\"1.0\"?><ErrorResponse/>"
    };
}

template <std::size_t Count>
std::string TextOf(const std::array<std::byte, Count>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), Count};
}

Inputs ProtocolInputs() {
    const Error error{
        .code = ErrorCode::kUnsupported, .stage = "probe", .reason = "no_video", .message = "näh"
    };
    std::string child = "0\x20";
    for (const ChildMessage& message : std::initializer_list<ChildMessage>{
             ReadyNotice{
                 .sandbox = {.level = "full", .landlock_abi = 7, .seccomp = true, .note = ""},
                 .processors = {{"checksum", "1"}}
             },
             RefusedNotice{.error = error},
             ProgressNotice{.job = "1", .process = "prc_1", .done = 0.25},
             ResultNotice{
                 .job = "1",
                 .process = "prc_1",
                 .media_type = "video/mp4",
                 .model_digest = "ab",
                 .blobs = {"document", "a.jpg"}
             },
             FailedNotice{.job = "1", .process = "prc_1", .media_type = "", .error = error},
             MediaNotice{.job = "1", .duration_ms = 36'000'000},
             ResumedNotice{
                 .job = "1", .process = "prc_1", .position_ms = 600'000, .decoded_from_ms = 598'000
             },
             CheckpointNotice{
                 .job = "1",
                 .process = "prc_1",
                 .position_ms = 600'000,
                 .ended_before = 2,
                 .open = "checkpoint-1-open",
                 .ended = "checkpoint-1-ended"
             },
             LeftNotice{.job = "1", .process = "prc_1"},
             DoneNotice{.job = "1"},
         }) {
        child += ToLine(message);
    }
    std::string parent = "0\x07";
    for (const ParentMessage& message : std::initializer_list<ParentMessage>{
             JobRequest{
                 .job = "1",
                 .name = "clip.mp4",
                 .size_bytes = 9,
                 .descriptor = true,
                 .processes = {{"prc_1", "checksum", {{"fps", 5}}, {"video/*"}, {100, 20, 3}}}
             },
             CancelRequest{.job = "1", .process = "prc_1"},
             LeaveRequest{.job = "1"},
             QuitRequest{},
         }) {
        parent += ToLine(message);
    }
    const auto end = ToText(
        BlobEnd{.process = "prc_1", .name = "document", .media_type = {}, .sealed = false, .size_bytes = 8}
    );
    const auto frames = "1" + TextOf(Encode(ChildFrame{.kind = FrameKind::kRead, .id = 1, .length = 4096})) +
                        TextOf(Encode(ChildFrame{.kind = FrameKind::kBlob, .id = 2, .length = 8})) +
                        R"({"a": 1})" +
                        TextOf(Encode(
                            ChildFrame{
                                .kind = FrameKind::kBlobEnd,
                                .id = 2,
                                .offset = 8,
                                .length = static_cast<std::uint32_t>(end.size())
                            }
                        )) +
                        end;
    const auto answers = "2" + TextOf(Encode(ParentFrame{.id = 1, .status = 0, .length = 4})) + "abcd" +
                         TextOf(Encode(ParentFrame{.id = 2, .status = 1, .length = 2})) + "{}";
    return {child, parent, "0\x01" + end + "\n", frames, answers};
}

template <class T>
void Append(std::string& file, const T& value) {
    file.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

/// A library with every tensor of YuNet, all of them on the same zeros so that it stays small.
std::string SmallLibrary() {
    std::map<std::string, std::size_t> tensors;  // name → floats
    std::size_t most = 0;
    for (const auto& layer : YunetLayers()) {
        const auto row = layer.side == 3 && layer.inputs > 1 ? 32 : layer.inputs * layer.side * layer.side;
        tensors[layer.name + "_weight"] = std::size_t{row} * layer.outputs;
        tensors[layer.name + "_bias"] = layer.outputs;
        most = std::max(most, std::size_t{row} * layer.outputs);
    }
    std::string names(1, '\0');
    std::string symbols;
    for (const auto& [name, floats] : tensors) {
        Elf64_Sym symbol{};
        symbol.st_name = static_cast<Elf64_Word>(names.size());
        symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
        symbol.st_shndx = 1;
        symbol.st_size = floats * sizeof(float);
        Append(symbols, symbol);
        names += name + '\0';
    }
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_shoff = sizeof(header);
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = 4;
    std::array<Elf64_Shdr, 4> sections{};
    std::size_t at = sizeof(header) + sizeof(sections);
    const auto place = [&](Elf64_Shdr& section, Elf64_Word type, std::size_t size) {
        section.sh_type = type;
        section.sh_offset = at;
        section.sh_size = size;
        at += size;
    };
    place(sections[2], SHT_STRTAB, names.size());
    place(sections[3], SHT_DYNSYM, symbols.size());
    sections[3].sh_entsize = sizeof(Elf64_Sym);
    sections[3].sh_link = 2;
    place(sections[1], SHT_PROGBITS, most * sizeof(float));
    std::string file;
    Append(file, header);
    Append(file, sections);
    return file + names + symbols + std::string(most * sizeof(float), '\0');
}

void WriteAll(const std::filesystem::path& folder, const Inputs& inputs) {
    std::filesystem::create_directories(folder);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        std::ofstream(folder / fmt::format("seed-{}", i), std::ios::binary) << inputs[i];
    }
}

}  // namespace
}  // namespace notify::fuzz

int main(int count, char** arguments) {
    using namespace notify::fuzz;  // the program's own
    if (count != 2) {
        return 2;
    }
    const std::filesystem::path folder(arguments[1]);
    WriteAll(folder / "api_json", ApiInputs());
    WriteAll(folder / "child_protocol", ProtocolInputs());
    WriteAll(folder / "model_import", {notify::SmallNetwork(), SmallLibrary()});
    WriteAll(folder / "store_message", MessageInputs());
    WriteAll(folder / "queue_answer", QueueInputs());
    return 0;
}
