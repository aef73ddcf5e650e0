using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>
/// The OpenClaw handshake: challenge, one <c>connect</c>, hello (01-wire § 2, 02-handshake). Whatever is refused is answered
/// first and closed then, so that a client can say why.
/// </summary>
internal sealed class OpenClawLogin(GatewayToken token, DeviceAdmission admission, Presence presence, Hello hello, TimeProvider time) : ILogin
{
    public Dialect Dialect => Dialect.OpenClaw;

    public async Task<bool> RunAsync(Connection connection, LoginRequest request, FrameReceiver receiver, CallRunner calls)
    {
        var nonce = Guid.NewGuid().ToString();
        var challenge = new ChallengeEvent(nonce, time.GetUtcNow().ToUnixTimeMilliseconds());
        connection.Outbound.TryAdd(challenge.Encode());
        var received = await receiver.ReceiveAsync(connection.Limits.MaxPayloadBeforeAuth, connection.Outbound.Send, CancellationToken.None);
        if (received.End is { } cause)
        {
            connection.Close(cause == CloseCause.TooLarge ? new WireClose(1009, "preauth payload too large") : connection.Dialect.CloseFor(cause));
            return false;
        }

        var frame = connection.Dialect.Read(received.Payload);
        if (frame.Calls.IsEmpty)
        {
            connection.Close(CloseCause.Unreadable);
            return false;
        }

        return await AdmitAsync(connection, request, nonce, calls, frame.Calls.Span[0]);
    }

    private async Task<bool> AdmitAsync(Connection connection, LoginRequest request, string nonce, CallRunner calls, WireCall call)
    {
        if (call.Error is not null)
        {
            connection.Close(1008, "invalid request frame");
            return false;
        }

        try
        {
            var connect = ReadConnect(call);
            var protocol = Admission.Protocol(connect);
            var role = Admission.Role(connect);
            var hasSecret = Admission.ShowsSecret(connect, token);
            var admitted = connect.Device is null
                ? new Admitted(role, Admission.WithoutDevice(connect, request, role, hasSecret), null, null)
                : await admission.AdmitAsync(connect, request, nonce, protocol, hasSecret);
            connection.LogIn(new Caller(connection.Id, role, admitted.Scopes, connect.Client.Id) { DeviceId = admitted.DeviceId });
            calls.Answer(call.Id, hello.For(connection, protocol, admitted));
            presence.Join(connection, connect, admitted);
            return true;
        }
        catch (RpcException refused)
        {
            calls.Answer(call.Id, refused.Error);
            connection.Close(refused.Message == Admission.ProtocolMismatch ? 1002 : 1008, refused.Message);
            return false;
        }
    }

    private static ConnectParams ReadConnect(in WireCall call)
    {
        if (call.Method != "connect")
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "invalid handshake: first request must be connect");
        }

        var json = OpenClawJson.Default.ConnectParams;
        return ParameterReader.Read("connect", call.Parameters.IsEmpty ? "{}"u8 : call.Parameters.Span, ConnectParams.Shape, json)!;
    }

    /// <summary>The first frame of a connection; it carries no number.</summary>
    private sealed class ChallengeEvent(string nonce, long nowMs)
    {
        public EncodedEvent Encode()
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>(160);
            using (var writer = new Utf8JsonWriter(buffer, WireJson.Writing))
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, "event"u8);
                writer.WriteString("event"u8, "connect.challenge"u8);
                writer.WriteStartObject("payload"u8);
                writer.WriteString("nonce"u8, nonce);
                writer.WriteNumber("ts"u8, nowMs);
                writer.WriteStartArray("capabilities"u8);
                writer.WriteEndArray();
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            return new EncodedEvent(buffer.WrittenSpan.ToArray(), [], Numbered: false);
        }
    }
}
