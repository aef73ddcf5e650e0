using System.Buffers;
using System.Text;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Wire.OpenClaw;

/// <summary>The frames of the OpenClaw gateway protocol: <c>req</c>, <c>res</c>, <c>event</c>. Constants from protocol 4.</summary>
internal sealed class OpenClawDialect : IWireDialect
{
    public Dialect Name => Dialect.OpenClaw;

    public bool AnswersTwice => true;

    public WireFrame Read(ReadOnlyMemory<byte> frame) => RequestReader.Read(frame);

    public void WriteOutcome(Utf8JsonWriter writer, ReadOnlySpan<byte> id, in Outcome outcome)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "res"u8);
        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(id, skipInputValidation: true);
        writer.WriteBoolean("ok"u8, outcome.Error is null);
        if (outcome.Error is { } error)
        {
            if (error.Payload is { } payload)
            {
                writer.WritePropertyName("payload"u8);
                payload.WriteTo(writer);
            }

            writer.WritePropertyName("error"u8);
            WriteError(writer, error);
        }
        else
        {
            writer.WritePropertyName("payload"u8);
            outcome.Answer!.Write(writer);
        }

        writer.WriteEndObject();
    }

    public EncodedEvent? Encode(GatewayEvent happened) =>
        happened.NameIn(Dialect.OpenClaw) is { } name ? Frame(name, Payload(happened), happened.StateVersion) : null;

    /// <summary>The payload of an event as a JSON object.</summary>
    public static ReadOnlyMemory<byte> Payload(GatewayEvent happened)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, WireJson.Writing);
        writer.WriteStartObject();
        happened.WriteMembers(writer, Dialect.OpenClaw);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Puts a payload into its frame.</summary>
    public static EncodedEvent Frame(string name, ReadOnlyMemory<byte> payload, (long Presence, long Health)? stateVersion)
    {
        byte[] head = [.. "{\"type\":\"event\",\"event\":\""u8, .. Encoding.UTF8.GetBytes(name), .. "\",\"payload\":"u8, .. payload.Span, .. ",\"seq\":"u8];
        var tail = stateVersion is { } state
            ? Encoding.ASCII.GetBytes($",\"stateVersion\":{{\"presence\":{state.Presence},\"health\":{state.Health}}}}}")
            : "}"u8.ToArray();
        return new EncodedEvent(head, tail, Numbered: true);
    }

    public WireClose CloseFor(CloseCause cause) => cause switch
    {
        CloseCause.TooLarge => new(1009, "payload too large"),
        CloseCause.InvalidText => new(1007, "invalid UTF-8"),
        CloseCause.Unreadable or CloseCause.HandshakeTimeout => new(1000, ""),
        CloseCause.SlowConsumer => new(1008, "slow consumer"),
        CloseCause.Stopping => new(1012, "service restart"),
        CloseCause.Goodbye => new(1000, ""),
        _ => new(1011, "internal error"),
    };

    private static void WriteError(Utf8JsonWriter writer, RpcError error)
    {
        writer.WriteStartObject();
        writer.WriteString("code"u8, CodeOf(error.Kind));
        writer.WriteString("message"u8, error.Message);
        if (error.Details is { } details)
        {
            writer.WritePropertyName("details"u8);
            details.WriteTo(writer);
        }

        if (error.RetryAfterMs is { } wait)
        {
            writer.WriteBoolean("retryable"u8, true);
            writer.WriteNumber("retryAfterMs"u8, wait);
        }

        writer.WriteEndObject();
    }

    private static string CodeOf(RpcErrorKind kind) => kind switch
    {
        RpcErrorKind.Forbidden => "FORBIDDEN",
        RpcErrorKind.TooMany or RpcErrorKind.Unavailable or RpcErrorKind.Timeout or RpcErrorKind.Internal => "UNAVAILABLE",
        RpcErrorKind.Unauthenticated => "NOT_PAIRED",
        _ => "INVALID_REQUEST",
    };
}
