using System.Text.Json;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Wire.OpenClaw;

/// <summary>
/// Reads a request frame in one pass. What does not fit is read again, slowly, to say what is wrong. Connections have no profiles here,
/// so a call that a certain one is to make is refused (01-wire § 3.1).
/// </summary>
internal static class RequestReader
{
    private static readonly byte[] UnknownId = "\"invalid\""u8.ToArray();

    private static readonly RpcError OtherProfile = new(RpcErrorKind.InvalidRequest, "expectedProfileId: this connection has no profile")
    {
        Details = JsonElement.Parse("""{"reason":"EXPECTED_PROFILE_MISMATCH","execution":"not_started"}"""),
    };

    public static WireFrame Read(ReadOnlyMemory<byte> frame)
    {
        try
        {
            return TryReadQuickly(frame, out var call) ? WireFrame.One(call) : WireFrame.One(Refuse(frame.Span));
        }
        catch (Exception e) when (WireJson.IsUnreadable(e))
        {
            return RefuseUnreadable(frame);
        }
    }

    private static bool TryReadQuickly(ReadOnlyMemory<byte> frame, out WireCall call)
    {
        var reader = new Utf8JsonReader(frame.Span, WireJson.Reading);
        var fits = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        var isRequest = false;
        byte[]? id = null;
        string? method = null;
        ReadOnlyMemory<byte> parameters = default;
        var hasParameters = false;
        var expectsProfile = false;
        string? traceParent = null;
        while (fits && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                fits = reader.Read() && !isRequest && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("req"u8);
                isRequest = true;
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                fits = reader.Read() && id is null && IsText(ref reader);
                id = RawToken(frame.Span, ref reader);
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                fits = reader.Read() && method is null && IsText(ref reader);
                method = fits ? reader.GetString() : null;
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                fits = reader.Read() && !hasParameters;
                hasParameters = true;
                parameters = WireJson.RawValue(frame, ref reader);
            }
            else if (reader.ValueTextEquals("expectedProfileId"u8) is var isProfile && (isProfile || reader.ValueTextEquals("traceparent"u8)))
            {
                expectsProfile |= isProfile;
                fits = reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length is > 0 and <= WireCall.MaxTraceParent;
                traceParent = isProfile || !fits ? traceParent : reader.GetString();
            }
            else
            {
                fits = false;
            }
        }

        fits = fits && !reader.Read();
        call = fits && isRequest && id is not null && method is not null
            ? new WireCall(id, method, parameters, expectsProfile ? OtherProfile : null) { TraceParent = traceParent }
            : default;
        return call.Id is not null;
    }

    private static bool IsText(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0;

    private static byte[] RawToken(ReadOnlySpan<byte> frame, ref Utf8JsonReader reader) =>
        frame[(int)reader.TokenStartIndex..(int)reader.BytesConsumed].ToArray();

    /// <summary>What is not JSON is ignored (01-wire § 2.2); JSON that is too deep, or holds half a character, is answered.</summary>
    private static WireFrame RefuseUnreadable(ReadOnlyMemory<byte> frame)
    {
        try
        {
            return WireFrame.One(Refuse(frame.Span));
        }
        catch (Exception e) when (WireJson.IsUnreadable(e))
        {
            return WireFrame.Nothing;
        }
    }

    private static WireCall Refuse(ReadOnlySpan<byte> frame)
    {
        var problems = RequestFrame.Shape.Check(frame);
        var reason = problems.Count > 0 ? string.Join("; ", problems) : "not a request";
        return WireCall.Refused(IdOf(frame), RpcErrorKind.InvalidRequest, $"invalid request frame: {reason}");
    }

    /// <summary>The frame's id as it came if it is a string or a number, so that the client can match the answer.</summary>
    /// <exception cref="JsonException">The frame is not JSON.</exception>
    private static byte[] IdOf(ReadOnlySpan<byte> frame)
    {
        var found = UnknownId;
        var reader = new Utf8JsonReader(frame, new JsonReaderOptions { MaxDepth = Math.Max(frame.Length, 1) });
        while (reader.Read())
        {
            if (reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName } && reader.ValueSpan.SequenceEqual("id"u8))
            {
                reader.Read();
                found = reader.TokenType is JsonTokenType.String or JsonTokenType.Number ? RawToken(frame, ref reader) : found;
            }
        }

        return found;
    }
}
