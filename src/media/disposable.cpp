#include "media/disposable.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/ffmpeg.hpp"

namespace notify {

namespace {

using Bytes = std::span<const std::uint8_t>;

unsigned int Bits(std::uint8_t byte, unsigned int shift, unsigned int mask) noexcept {
    return unsigned{byte} >> shift & mask;
}

/// Calls `visit` with each NAL unit until it returns a value. `length_bytes` 0: Annex B start codes.
template <class Found, class Visit>
std::optional<Found> VisitNals(Bytes data, int length_bytes, Visit&& visit) {
    std::size_t at = 0;
    while (at + 4 < data.size()) {
        if (length_bytes > 0) {
            std::size_t length = 0;
            for (int i = 0; i < length_bytes; ++i) {
                length = length << 8U | data[at + static_cast<std::size_t>(i)];
            }
            at += static_cast<std::size_t>(length_bytes);
            if (at >= data.size() || length == 0 || length > data.size() - at) {
                return std::nullopt;
            }
            if (const auto found = visit(data.subspan(at, length))) {
                return found;
            }
            at += length;
        } else if (data[at] == 0 && data[at + 1] == 0 && data[at + 2] == 1) {
            if (const auto found = visit(data.subspan(at + 3))) {
                return found;
            }
            at += 3;
        } else {
            ++at;
        }
    }
    return std::nullopt;
}

std::optional<bool> H264(Bytes nal) noexcept {
    const auto type = Bits(nal[0], 0, 0x1F);
    return type == 1 || type == 5 ? std::optional(Bits(nal[0], 5, 3) == 0) : std::nullopt;
}

std::optional<bool> Mpeg2(Bytes unit) noexcept {
    return unit[0] == 0 && unit.size() > 2 ? std::optional(Bits(unit[2], 3, 7) == 3) : std::nullopt;
}

Bytes ExtraOf(const AVCodecParameters& codec) noexcept {
    return {codec.extradata, static_cast<std::size_t>(std::max(codec.extradata_size, 0))};
}

/// The extra data is a decoder configuration record (ISO/IEC 14496-15, 5.3.3 and 8.3.3), not start codes. Old
/// writers of HEVC's give 0 as its version.
bool IsRecord(Bytes extra, bool hevc) noexcept {
    if (extra.size() <= (hevc ? 22U : 4U)) {
        return false;
    }
    return hevc ? extra[0] != 0 || extra[1] != 0 || extra[2] > 1 : extra[0] == 1;
}

/// Bytes of a NAL's length in the packets; 0 when they have start codes.
int NalLengthBytes(Bytes extra, bool hevc) noexcept {
    return IsRecord(extra, hevc) ? static_cast<int>(Bits(extra[hevc ? 21 : 4], 0, 3)) + 1 : 0;
}

/// sps_max_sub_layers_minus1 of a sequence parameter set (H.265, 7.3.2.2); nothing for other NAL units.
std::optional<unsigned int> HighestLayerIn(Bytes nal) noexcept {
    const bool is_set = nal.size() > 2 && Bits(nal[0], 1, 0x3F) == 33;
    return is_set ? std::optional(Bits(nal[2], 1, 7)) : std::nullopt;
}

/// The highest temporal layer of an HEVC stream; nothing when its extra data does not say.
std::optional<unsigned int> HighestLayer(Bytes extra) noexcept {
    if (!IsRecord(extra, true)) {
        return VisitNals<unsigned int>(extra, 0, HighestLayerIn);
    }
    // arrays of NAL units: a byte of type, how many, and each with its length
    const auto number = [&](std::size_t at) { return std::size_t{extra[at]} << 8U | extra[at + 1]; };
    std::size_t at = 23;
    for (int arrays = extra[22]; arrays > 0 && at + 3 <= extra.size(); --arrays) {
        auto units = number(at + 1);
        at += 3;
        for (; units > 0 && at + 2 <= extra.size(); --units) {
            const auto length = number(at);
            at += 2;
            if (length > extra.size() - at) {
                return std::nullopt;
            }
            if (const auto found = HighestLayerIn(extra.subspan(at, length))) {
                return found;
            }
            at += length;
        }
    }
    return std::nullopt;
}

/// Pictures marked as no reference may still be one for higher layers.
bool IsDisposableHevc(Bytes data, Bytes extra) noexcept {
    const auto highest = HighestLayer(extra);
    if (!highest) {
        return false;
    }
    const auto picture = [&](Bytes nal) {
        const auto type = Bits(nal[0], 1, 0x3F);
        const bool in_highest = nal.size() > 1 && Bits(nal[1], 0, 7) == *highest + 1;
        return type <= 31 ? std::optional(type < 16 && type % 2 == 0 && in_highest) : std::nullopt;
    };
    return VisitNals<bool>(data, NalLengthBytes(extra, true), picture).value_or(false);
}

}  // namespace

bool IsDisposable(const AVPacket& packet, const AVCodecParameters& codec) noexcept {
    if (Has(packet.flags, AV_PKT_FLAG_DISPOSABLE)) {
        return true;
    }
    const Bytes data(packet.data, static_cast<std::size_t>(packet.size > 0 ? packet.size : 0));
    switch (static_cast<int>(codec.codec_id)) {
        case AV_CODEC_ID_H264:
            return VisitNals<bool>(data, NalLengthBytes(ExtraOf(codec), false), H264).value_or(false);
        case AV_CODEC_ID_HEVC:
            return IsDisposableHevc(data, ExtraOf(codec));
        case AV_CODEC_ID_MPEG1VIDEO:
        case AV_CODEC_ID_MPEG2VIDEO:
            return VisitNals<bool>(data, 0, Mpeg2).value_or(false);
        default:
            return false;
    }
}

}  // namespace notify
