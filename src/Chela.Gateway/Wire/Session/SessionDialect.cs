using System.Buffers;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Wire.Session;

/// <summary>
/// Messages as serde tags enumerations: <c>{"Chat": {"content": …, "session_id": …}}</c> in, <c>{"AgentToken": {…}}</c> out. The tag of a
/// message is the name of its method; answers and events bring their own tag.
/// </summary>
internal sealed class SessionDialect : IWireDialect
{
    /// <summary>There are no ids; every message gets its answer if there is one.</summary>
    private static readonly byte[] NoId = "null"u8.ToArray();

    public Dialect Name => Dialect.Session;

    public WireFrame Read(ReadOnlyMemory<byte> frame)
    {
        try
        {
            return WireFrame.One(ReadMessage(frame));
        }
        catch (Exception e) when (WireJson.IsUnreadable(e))
        {
            return WireFrame.One(WireCall.Refused(NoId, RpcErrorKind.Parse, "the message is not valid JSON"));
        }
    }

    public void WriteOutcome(Utf8JsonWriter writer, ReadOnlySpan<byte> id, in Outcome outcome)
    {
        if (outcome.Error is not { } error)
        {
            outcome.Answer!.Write(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartObject("Error"u8);
        writer.WriteString("code"u8, ErrorCodes.Of(error.Kind));
        writer.WriteString("message"u8, error.Message);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public EncodedEvent? Encode(GatewayEvent happened)
    {
        if (happened.NameIn(Dialect.Session) is not { } name)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(name);
            happened.WriteMembers(writer, Dialect.Session);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new EncodedEvent(buffer.WrittenSpan.ToArray(), [], Numbered: false);
    }

    public WireClose CloseFor(CloseCause cause) => CommonCloses.For(cause);

    /// <summary>A tag with its content, or a tag alone as text: <c>"Ping"</c>.</summary>
    private static WireCall ReadMessage(ReadOnlyMemory<byte> frame)
    {
        var reader = new Utf8JsonReader(frame.Span, WireJson.Reading);
        reader.Read();
        string? tag = null;
        var content = default(ReadOnlyMemory<byte>);
        var isOne = reader.TokenType == JsonTokenType.String;
        if (isOne)
        {
            tag = reader.GetString();
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isOne = tag is null;
                tag = reader.GetString();
                reader.Read();
                content = WireJson.RawValue(frame, ref reader);
            }
        }
        else
        {
            reader.Skip();
        }

        reader.Read(); // what follows the value is an error
        return isOne && !string.IsNullOrEmpty(tag)
            ? new WireCall(NoId, tag, content, null)
            : WireCall.Refused(NoId, RpcErrorKind.InvalidRequest, "a message must be an object with one tag: Connect, Chat, Command or Ping");
    }
}
