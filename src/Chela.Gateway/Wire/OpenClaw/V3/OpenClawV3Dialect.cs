using System.Buffers;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Wire.OpenClaw.V3;

/// <summary>
/// The same frames as protocol 3 had them: fewer words in errors, events without the members that protocol 4 added. A connection
/// changes to it when its client has asked for no more.
/// </summary>
internal sealed class OpenClawV3Dialect : IWireDialect
{
    private readonly OpenClawDialect _newest = new();

    public Dialect Name => Dialect.OpenClaw;

    public bool AnswersTwice => _newest.AnswersTwice;

    public WireFrame Read(ReadOnlyMemory<byte> frame) => _newest.Read(frame);

    public void WriteOutcome(Utf8JsonWriter writer, ReadOnlySpan<byte> id, in Outcome outcome) =>
        _newest.WriteOutcome(writer, id, outcome.Error is { } error ? Older(error) : outcome);

    public EncodedEvent? Encode(GatewayEvent happened)
    {
        if (happened.NameIn(Dialect.OpenClaw) is not { } name)
        {
            return null;
        }

        var payload = OpenClawDialect.Payload(happened);
        return OpenClawDialect.Frame(name, Older(name, payload), happened.StateVersion);
    }

    public WireClose CloseFor(CloseCause cause) => _newest.CloseFor(cause);

    /// <summary>Protocol 3 had no FORBIDDEN, and details only where a number or an id is needed to go on.</summary>
    private static RpcError Older(RpcError error) => error with
    {
        Kind = error.Kind == RpcErrorKind.Forbidden ? RpcErrorKind.InvalidRequest : error.Kind,
        Details = error.Details is { } details ? Older(details) : null,
    };

    private static JsonElement? Older(JsonElement details)
    {
        if (details.ValueKind != JsonValueKind.Object || !details.TryGetProperty("code", out _))
        {
            return details;
        }

        return details.TryGetProperty("requestId", out var request)
            ? JsonSerializer.SerializeToElement(new PairingDetails(request.GetString() ?? ""), OpenClawJson.Default.PairingDetails)
            : null;
    }

    private static ReadOnlyMemory<byte> Older(string name, ReadOnlyMemory<byte> payload) => name switch
    {
        "chat" or "agent" => Without(payload.Span),
        "shutdown" => WithRestart(payload),
        _ => payload,
    };

    /// <summary>Leaves out what protocol 4 added to the events of runs.</summary>
    private static ReadOnlyMemory<byte> Without(ReadOnlySpan<byte> payload)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length);
        using var writer = new Utf8JsonWriter(buffer, WireJson.Writing);
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isNew = reader.ValueTextEquals("deltaText"u8) || reader.ValueTextEquals("agentId"u8)
                || reader.ValueTextEquals("sessionId"u8) || reader.ValueTextEquals("isHeartbeat"u8);
            var member = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!isNew)
            {
                writer.WritePropertyName(member);
                writer.WriteRawValue(payload[start..(int)reader.BytesConsumed], skipInputValidation: true);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Protocol 3 says null where no restart follows; protocol 4 says nothing.</summary>
    private static ReadOnlyMemory<byte> WithRestart(ReadOnlyMemory<byte> payload) =>
        payload.Span.IndexOf("\"restartExpectedMs\""u8) >= 0 ? payload : (byte[])[.. payload.Span[..^1], .. ",\"restartExpectedMs\":null}"u8];
}

/// <summary>What a client of protocol 3 is told when its device has to be approved.</summary>
internal sealed record PairingDetails(string RequestId);
