using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Support;

/// <summary>An identity provider of this process: it publishes its keys, changes them, and signs tokens.</summary>
internal sealed class FakeOidc : IAsyncDisposable
{
    private static readonly RSAParameters First = NewKey();

    private readonly WebApplication _app;
    private readonly List<(string Id, AsymmetricAlgorithm Key)> _keys = [];
    private int _keyRequests;

    private FakeOidc(WebApplication app) => _app = app;

    /// <summary>Its name and address.</summary>
    public string Issuer { get; private set; } = "";

    /// <summary>How often the keys were fetched.</summary>
    public int KeyRequests => Volatile.Read(ref _keyRequests);

    /// <summary>What it says of itself in place of the truth; null for the truth.</summary>
    public string? OtherIssuer { get; set; }

    /// <summary>True while it does not answer.</summary>
    public bool IsDown { get; set; }

    public static async Task<FakeOidc> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var fake = new FakeOidc(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        fake.Issuer = app.Urls.Single();
        fake.Add("first", RSA.Create(First));
        return fake;
    }

    /// <summary>Publishes a further key, the one that signs from now on.</summary>
    public void Add(string id, AsymmetricAlgorithm key)
    {
        lock (_keys)
        {
            _keys.Add((id, key));
        }
    }

    /// <summary>Withdraws a key.</summary>
    public void Remove(string id)
    {
        lock (_keys)
        {
            _keys.RemoveAll(key => key.Id == id);
        }
    }

    /// <summary>What a good token says; a test changes what is to be wrong.</summary>
    public JsonObject Claims(params string[] roles) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = "chela",
        ["sub"] = "alice",
        ["exp"] = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
        ["roles"] = new JsonArray([.. roles.Select(role => JsonValue.Create(role))]),
    };

    /// <summary>Signs with the latest key.</summary>
    public string Token(JsonObject claims, string? algorithm = null, Action<JsonObject>? header = null)
    {
        var (id, key) = _keys[^1];
        var head = new JsonObject { ["alg"] = algorithm ?? (key is RSA ? "RS256" : "ES256"), ["typ"] = "JWT", ["kid"] = id };
        header?.Invoke(head);
        var signed = $"{Encode(head)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(Sign(key, head["alg"]!.GetValue<string>(), Encoding.ASCII.GetBytes(signed)))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _keys.ForEach(key => key.Key.Dispose());
    }

    public static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    /// <summary>One for all, because making it takes longer than most tests: two providers have the same first key.</summary>
    private static RSAParameters NewKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportParameters(includePrivateParameters: true);
    }

    private static byte[] Sign(AsymmetricAlgorithm key, string algorithm, byte[] signed) => (key, algorithm) switch
    {
        (RSA rsa, "PS256") => rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        (RSA rsa, "HS256") => HMACSHA256.HashData(rsa.ExportSubjectPublicKeyInfo(), signed),
        (RSA rsa, "RS512") => rsa.SignData(signed, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        (RSA rsa, "none") => [],
        (RSA rsa, _) => rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        (ECDsa ec, _) => ec.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        _ => throw new NotSupportedException(algorithm),
    };

    private async Task AnswerAsync(HttpContext context)
    {
        if (IsDown)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var body = context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => new JsonObject { ["issuer"] = OtherIssuer ?? Issuer, ["jwks_uri"] = $"{Issuer}/keys" },
            "/keys" => Keys(),
            _ => null,
        };
        context.Response.StatusCode = body is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        await context.Response.WriteAsync(body?.ToJsonString() ?? "", context.RequestAborted);
    }

    private JsonObject Keys()
    {
        Interlocked.Increment(ref _keyRequests);
        lock (_keys)
        {
            return new JsonObject { ["keys"] = new JsonArray([.. _keys.Select(key => Publish(key.Id, key.Key))]) };
        }
    }

    private static JsonObject Publish(string id, AsymmetricAlgorithm key)
    {
        var published = new JsonObject { ["kid"] = id, ["use"] = "sig" };
        if (key is RSA rsa)
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            published["kty"] = "RSA";
            published["n"] = Base64Url.EncodeToString(parameters.Modulus);
            published["e"] = Base64Url.EncodeToString(parameters.Exponent);
        }
        else
        {
            var parameters = ((ECDsa)key).ExportParameters(includePrivateParameters: false);
            published["kty"] = "EC";
            published["crv"] = "P-256";
            published["x"] = Base64Url.EncodeToString(parameters.Q.X);
            published["y"] = Base64Url.EncodeToString(parameters.Q.Y);
        }

        return published;
    }
}
