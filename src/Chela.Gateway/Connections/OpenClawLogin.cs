using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.OpenClaw;
using Chela.Gateway.Wire.OpenClaw.V3;

namespace Chela.Gateway.Connections;

/// <summary>
/// The OpenClaw handshake: challenge, one <c>connect</c>, hello (01-wire § 2, 02-handshake). Whatever is refused is answered
/// first and closed then, so that a client can say why.
/// </summary>
internal sealed class OpenClawLogin(
    SharedCredentials credentials,
    SecretLogin login,
    DeviceAdmission admission,
    BrowserOrigins origins,
    Arrivals arrivals,
    Hello hello,
    Lifecycle lifecycle,
    TimeProvider time) : ILogin
{
    /// <summary>What a client says that wants to hear only of the sessions that it follows (04-events § 1).</summary>
    private const string ScopedEvents = "session-scoped-events";

    private static readonly OpenClawV3Dialect Older = new();

    public Dialect Dialect => Dialect.OpenClaw;

    public async Task<bool> RunAsync(Connection connection, LoginRequest request, FrameReceiver receiver, CallRunner calls)
    {
        login.Attach(connection, request);
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
            if (StartGate.Refusal(lifecycle.Phase) is var (notNow, later))
            {
                calls.Answer(call.Id, notNow);
                connection.Close(later);
                return false;
            }

            var protocol = Admission.Protocol(connect);
            connection.Dialect = protocol == Admission.OldestProtocol ? Older : connection.Dialect;
            Admission.RequireNonce(connect, protocol);
            var admitted = await DecideAsync(connect, request, nonce, protocol);
            connection.LogIn(new Caller(connection.Id, admitted.Role, admitted.Scopes, connect.Client.Id)
            {
                DeviceId = admitted.DeviceId,
                UserId = admitted.UserId,
                SecretGeneration = admitted.SecretGeneration,
                ValidUntil = admitted.ValidUntil,
            });
            if (EndOf(admitted) is { } end)
            {
                connection.Close(DeviceSockets.CredentialEnded, end);
                return false;
            }

            connection.Stream.FollowedOnly = connect.Caps?.Contains(ScopedEvents) == true;
            if (connect.Caps?.Contains(ClientCapabilities.ToolEvents) == true)
            {
                connection.Stream.Subscribe(ClientCapabilities.ToolEvents);
            }

            calls.Answer(call.Id, hello.For(connection, protocol, admitted));
            arrivals.Join(connection, connect, admitted);
            return true;
        }
        catch (RpcException refused)
        {
            calls.Answer(call.Id, refused.Error);
            connection.Close(refused.Message == Admission.ProtocolMismatch ? 1002 : 1008, refused.Message);
            return false;
        }
    }

    /// <summary>
    /// The order of admission (02-handshake § 5). Shape and version are settled; the first thing that is wrong is the one that the
    /// client hears of.
    /// </summary>
    private async Task<Admitted> DecideAsync(ConnectParams connect, LoginRequest request, string nonce, int protocol)
    {
        var role = Admission.Role(connect);
        origins.Check(connect, request);

        // Its refusal is held back: a device may have something else that opens.
        var shared = await credentials.WeighAsync(request.Showing(connect.Auth?.Token, connect.Auth?.Password), CancellationToken.None);
        try
        {
            var admitted = connect.Device is null
                ? new Admitted(role, Admission.WithoutDevice(connect, request, protocol, shared), shared.Method)
                : await admission.AdmitAsync(connect, request, nonce, protocol, shared);
            return admitted.For(shared, request.Headers);
        }
        finally
        {
            await credentials.CountAsync(shared, CancellationToken.None); // nothing, where something else let the client in
        }
    }

    /// <summary>Why a client lost its right to be here while its login was under way; null when it has not.</summary>
    private string? EndOf(Admitted admitted) =>
        !admission.IsStillAdmitted(admitted) ? "device credential ended"
        : !credentials.IsCurrent(admitted.SecretGeneration) ? SharedCredentials.Changed
        : null;

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
