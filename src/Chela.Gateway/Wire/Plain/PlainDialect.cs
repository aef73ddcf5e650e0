using System.Buffers;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Wire.Plain;

/// <summary>
/// The plainest form: <c>{id, method, params}</c> is answered by <c>{id, result}</c> or <c>{id, error: {code, message}}</c>; events
/// come as <c>{event, data, seq}</c>. A frame without an id is a notification.
/// </summary>
internal sealed class PlainDialect : IWireDialect
{
    private static readonly byte[] NullId = "null"u8.ToArray();

    public Dialect Name => Dialect.Plain;

    public WireFrame Read(ReadOnlyMemory<byte> frame)
    {
        try
        {
            return WireFrame.One(ReadCall(frame));
        }
        catch (Exception e) when (WireJson.IsUnreadable(e))
        {
            return WireFrame.One(WireCall.Refused(NullId, RpcErrorKind.Parse, "the message is not valid JSON"));
        }
    }

    public void WriteOutcome(Utf8JsonWriter writer, ReadOnlySpan<byte> id, in Outcome outcome)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(id, skipInputValidation: true);
        if (outcome.Error is { } error)
        {
            WriteError(writer, error);
        }
        else
        {
            writer.WritePropertyName("result"u8);
            outcome.Answer!.Write(writer);
        }

        writer.WriteEndObject();
    }

    public EncodedEvent? Encode(GatewayEvent happened)
    {
        if (happened.NameIn(Dialect.Plain) is not { } name)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, name);
            writer.WriteStartObject("data"u8);
            happened.WriteMembers(writer, Dialect.Plain);
            writer.WriteEndObject();
        }

        buffer.Write(",\"seq\":"u8);
        return new EncodedEvent(buffer.WrittenSpan.ToArray(), "}"u8.ToArray(), Numbered: true);
    }

    public WireClose CloseFor(CloseCause cause) => CommonCloses.For(cause);

    private static void WriteError(Utf8JsonWriter writer, RpcError error)
    {
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, ErrorCodes.Of(error.Kind));
        writer.WriteString("message"u8, error.Message);
        if (error.Details is { } details)
        {
            writer.WritePropertyName("details"u8);
            details.WriteTo(writer);
        }

        if (error.RetryAfterMs is { } wait)
        {
            writer.WriteNumber("retryAfterMs"u8, wait);
        }

        writer.WriteEndObject();
    }

    private static WireCall ReadCall(ReadOnlyMemory<byte> frame)
    {
        var reader = new Utf8JsonReader(frame.Span, WireJson.Reading);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            reader.Read(); // what is not JSON to its end must be told as such
            return WireCall.Refused(NullId, RpcErrorKind.InvalidRequest, "a call must be an object {id, method, params}");
        }

        byte[]? id = null;
        string? method = null;
        var parameters = default(ReadOnlyMemory<byte>);
        var isObject = true;
        string? foreign = null, traceParent = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = WireJson.RawValue(frame, ref reader).ToArray();
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                method = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                reader.Read();
                isObject = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.Null;
                parameters = WireJson.RawValue(frame, ref reader);
            }
            else if (reader.ValueTextEquals("traceparent"u8))
            {
                traceParent = WireJson.TraceParent(ref reader);
            }
            else
            {
                foreign ??= reader.ValueTextEquals("jsonrpc"u8) || reader.ValueTextEquals("type"u8) ? reader.GetString() : null;
                reader.Skip();
            }
        }

        reader.Read();
        return foreign is not null ? WireCall.Refused(id ?? NullId, RpcErrorKind.InvalidRequest, $"at /{foreign}: a frame of another dialect; a call is {{id, method, params}}")
            : string.IsNullOrEmpty(method) ? WireCall.Refused(id ?? NullId, RpcErrorKind.InvalidRequest, "at /method: must be a non-empty string")
            : isObject ? new WireCall(id, method, parameters, null) { TraceParent = traceParent }
            : WireCall.Refused(id ?? NullId, RpcErrorKind.InvalidParams, "at /params: must be an object");
    }
}
