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

    /// <summary>What it says of itself.</summary>
    public TestClient Client { get; set; } = new();

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

    /// <summary>Adds this device, signed, to the parameters of a <c>connect</c>; gives the signature.</summary>
    /// <param name="connect">The parameters.</param>
    /// <param name="nonce">The challenge that is answered.</param>
    /// <param name="version">Which string is signed: <c>v3</c>, <c>v2</c>, or <c>v1</c>, which has no nonce.</param>
    /// <param name="clock">How far the device's clock is wrong.</param>
    public string Sign(JsonObject connect, string nonce, string version, TimeSpan clock)
    {
        var signedAt = (TimeProvider.System.GetUtcNow() + clock).ToUnixTimeMilliseconds();
        var client = connect["client"];
        var auth = connect["auth"];
        var secret = auth?["token"] ?? auth?["deviceToken"] ?? auth?["bootstrapToken"];
        string[] signed =
        [
            version, Id, $"{client?["id"]}", $"{client?["mode"]}", $"{connect["role"] ?? "operator"}",
            string.Join(',', (connect["scopes"] as JsonArray ?? []).Select(scope => $"{scope}")), $"{signedAt}", $"{secret}",
            .. version == "v1" ? Array.Empty<string>() : [nonce],
            .. version == "v3" ? [$"{client?["platform"]}".ToLowerInvariant(), $"{client?["deviceFamily"]}".ToLowerInvariant()] : Array.Empty<string>(),
        ];
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, _key);
        var bytes = Encoding.UTF8.GetBytes(string.Join('|', signed));
        signer.BlockUpdate(bytes, 0, bytes.Length);
        var signature = Base64Url.EncodeToString(signer.GenerateSignature());
        connect["device"] = new JsonObject
        {
            ["id"] = Id,
            ["publicKey"] = PublicKey,
            ["signature"] = signature,
            ["signedAt"] = signedAt,
            ["nonce"] = nonce,
        };
        return signature;
    }

    /// <summary>A signed <c>connect</c>.</summary>
    public JsonObject Sign(string nonce, (string Name, string Value) auth, string[] scopes)
    {
        var client = new JsonObject { ["id"] = Client.Id, ["version"] = "1.0.0", ["platform"] = Client.Platform, ["mode"] = Client.Mode };
        if (Client.DeviceFamily is { } family)
        {
            client["deviceFamily"] = family;
        }

        var connect = new JsonObject
        {
            ["minProtocol"] = Client.Protocol,
            ["maxProtocol"] = Client.Protocol,
            ["client"] = client,
            ["role"] = Client.Role,
            ["scopes"] = new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]),
            ["auth"] = new JsonObject { [auth.Name] = auth.Value },
        };
        Sign(connect, nonce, "v3", TimeSpan.Zero);
        return connect;
    }
}

/// <summary>What a device says of itself when it connects.</summary>
internal sealed record TestClient
{
    /// <summary>A phone's application in its role as a node.</summary>
    public static TestClient Phone { get; } = new() { Id = "openclaw-ios", Mode = "node", Role = "node", Platform = "iOS 26.6", DeviceFamily = "iPhone" };

    /// <summary>A node host.</summary>
    public static TestClient NodeHost { get; } = new() { Id = "node-host", Mode = "node", Role = "node" };

    public string Id { get; init; } = "test";

    public string Mode { get; init; } = "ui";

    public string Role { get; init; } = "operator";

    public string Platform { get; init; } = "linux";

    public string? DeviceFamily { get; init; }

    public int Protocol { get; init; } = 4;
}
