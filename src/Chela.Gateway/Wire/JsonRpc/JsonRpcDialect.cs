using System.Buffers;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Wire.JsonRpc;

/// <summary>JSON-RPC 2.0 (jsonrpc.org/specification). Events are notifications of the method <c>event</c>.</summary>
internal sealed class JsonRpcDialect : IWireDialect
{
    public Dialect Name => Dialect.JsonRpc;

    public WireFrame Read(ReadOnlyMemory<byte> frame) => CallReader.Read(frame);

    public void WriteOutcome(Utf8JsonWriter writer, ReadOnlySpan<byte> id, in Outcome outcome)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (outcome.Error is { } error)
        {
            writer.WritePropertyName("error"u8);
            WriteError(writer, error);
        }
        else
        {
            writer.WritePropertyName("result"u8);
            outcome.Answer!.Write(writer);
        }

        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(id, skipInputValidation: true);
        writer.WriteEndObject();
    }

    public EncodedEvent? Encode(GatewayEvent happened)
    {
        if (happened.NameIn(Dialect.JsonRpc) is not { } name)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WriteString("method"u8, "event"u8);
            writer.WriteStartObject("params"u8);
            writer.WriteString("type"u8, name);
            happened.WriteMembers(writer, Dialect.JsonRpc);
            writer.Flush();
        }

        buffer.Write(",\"seq\":"u8);
        return new EncodedEvent(buffer.WrittenSpan.ToArray(), "}}"u8.ToArray(), Numbered: true);
    }

    public WireClose CloseFor(CloseCause cause) => CommonCloses.For(cause);

    private static void WriteError(Utf8JsonWriter writer, RpcError error)
    {
        writer.WriteStartObject();
        writer.WriteNumber("code"u8, CodeOf(error.Kind));
        writer.WriteString("message"u8, error.Message);
        if (error.Details is not null || error.RetryAfterMs is not null)
        {
            writer.WriteStartObject("data"u8);
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

        writer.WriteEndObject();
    }

    /// <summary>The standard's own codes, and codes of its range for servers (-32000 to -32099) for the rest.</summary>
    private static int CodeOf(RpcErrorKind kind) => kind switch
    {
        RpcErrorKind.Parse => -32700,
        RpcErrorKind.InvalidRequest => -32600,
        RpcErrorKind.UnknownMethod => -32601,
        RpcErrorKind.InvalidParams => -32602,
        RpcErrorKind.Internal => -32603,
        RpcErrorKind.Unauthenticated => -32001,
        RpcErrorKind.Forbidden => -32003,
        RpcErrorKind.NotFound => -32004,
        RpcErrorKind.Timeout => -32008,
        RpcErrorKind.Conflict => -32009,
        RpcErrorKind.TooMany => -32029,
        RpcErrorKind.Unavailable => -32050,
        _ => -32603,
    };
}
