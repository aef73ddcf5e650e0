using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Chela.Gateway.Tests.Support;

/// <summary>A device with a key of its own, that connects as the protocol wants it.</summary>
internal sealed class TestDevice
{
    private readonly Ed25519PrivateKeyParameters _key = new(new SecureRandom());

    public TestDevice()
    {
        var raw = _key.GeneratePublicKey().GetEncoded();
        PublicKey = Base64Url.EncodeToString(raw);
        Id = Convert.ToHexStringLower(SHA256.HashData(raw));
    }

    public string Id { get; }

    public string PublicKey { get; }

    /// <summary>Opens a socket and sends a signed <c>connect</c>; gives the client and the answer.</summary>
    /// <param name="gateway">Where to.</param>
    /// <param name="auth">The credential: <c>("token", …)</c> or <c>("deviceToken", …)</c>.</param>
    /// <param name="scopes">The scopes to ask for.</param>
    /// <param name="change">Changes the parameters after they were signed.</param>
    /// <param name="headers">Headers of the upgrade request.</param>
    public async Task<(WireClient Client, JsonElement Answer)> ConnectAsync(
        GatewayProcess gateway,
        (string Name, string Value) auth,
        string[] scopes,
        Action<JsonObject>? change = null,
        params (string Name, string Value)[] headers)
    {
        var client = await WireClient.OpenAsync(gateway.Url + "/", headers);
        var challenge = await client.ReceiveAsync();
        var connect = Sign(challenge.Text("payload/nonce")!, auth, scopes);
        change?.Invoke(connect);
        await client.SendAsync(OpenClawWire.Request("connect", "connect", connect));
        return (client, await client.AnswerAsync("connect"));
    }

    private JsonObject Sign(string nonce, (string Name, string Value) auth, string[] scopes)
    {
        var signedAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var text = $"v3|{Id}|test|ui|operator|{string.Join(',', scopes)}|{signedAt}|{auth.Value}|{nonce}|linux|";
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, _key);
        var bytes = Encoding.UTF8.GetBytes(text);
        signer.BlockUpdate(bytes, 0, bytes.Length);
        return new JsonObject
        {
            ["minProtocol"] = 4,
            ["maxProtocol"] = 4,
            ["client"] = new JsonObject { ["id"] = "test", ["version"] = "1.0.0", ["platform"] = "linux", ["mode"] = "ui" },
            ["role"] = "operator",
            ["scopes"] = new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]),
            ["auth"] = new JsonObject { [auth.Name] = auth.Value },
            ["device"] = new JsonObject
            {
                ["id"] = Id,
                ["publicKey"] = PublicKey,
                ["signature"] = Base64Url.EncodeToString(signer.GenerateSignature()),
                ["signedAt"] = signedAt,
                ["nonce"] = nonce,
            },
        };
    }
}
