using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Oidc;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Access;

/// <summary>Which tokens of an identity provider are believed. The provider is a server on a real socket.</summary>
[Trait("Requirement", "A1")]
public sealed class OidcTokenTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly ProviderDocuments _documents = new();
    private FakeOidc _provider = null!;
    private ProviderKeys _keys = null!;
    private OidcTokens _tokens = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeOidc.StartAsync();
        _time.Advance(TimeProvider.System.GetUtcNow() - _time.GetUtcNow());
        Configure("");
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _documents.Dispose();
        _keys.Dispose();
    }

    [Fact]
    public async Task A_good_token_names_the_user_and_the_scopes_of_the_roles()
    {
        var claims = _provider.Claims("reader", "unknown", "pairer");

        var verdict = await CheckAsync(_provider.Token(claims));

        Assert.Null(verdict.Reason);
        Assert.Equal("alice", verdict.UserId);
        Assert.Equal(OperatorScopes.Read | OperatorScopes.Pairing, verdict.Scopes);
        Assert.True(verdict.IsLimit);
        Assert.Equal(claims["exp"]!.GetValue<long>() + 60, verdict.ValidUntil!.Value.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("PS256")]
    [InlineData("RS512")]
    public async Task Other_signatures_of_the_list_are_good(string algorithm) =>
        Assert.Null((await CheckAsync(_provider.Token(_provider.Claims("reader"), algorithm))).Reason);

    [Fact]
    public async Task An_elliptic_key_is_good()
    {
        _provider.Add("ec", ECDsa.Create(ECCurve.NamedCurves.nistP256));

        Assert.Null((await CheckAsync(_provider.Token(_provider.Claims("reader")))).Reason);
    }

    /// <summary>The oldest tricks: no signature, and the public key as the secret of a shared one.</summary>
    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    public async Task A_token_without_a_signature_of_a_private_key_is_refused(string algorithm) =>
        Assert.Equal(AuthReason.OidcTokenInvalid, (await CheckAsync(_provider.Token(_provider.Claims("admin"), algorithm))).Reason);

    [Theory]
    [InlineData("ES256")]
    [InlineData("PS256")]
    [InlineData("RS384")]
    [InlineData("None")]
    [InlineData("")]
    public async Task A_header_that_says_another_algorithm_is_refused(string algorithm)
    {
        var parts = _provider.Token(_provider.Claims("admin")).Split('.');
        var head = FakeOidc.Encode(new JsonObject { ["alg"] = algorithm, ["kid"] = "first" });

        Assert.Equal(AuthReason.OidcTokenInvalid, (await CheckAsync($"{head}.{parts[1]}.{parts[2]}")).Reason);
    }

    [Fact]
    public async Task A_list_of_algorithms_can_be_shorter()
    {
        Configure("""
            , "algorithms": ["ES256"]
            """);

        Assert.Equal(AuthReason.OidcTokenInvalid, (await CheckAsync(_provider.Token(_provider.Claims("reader")))).Reason);
    }

    public static TheoryData<string, string?, string> Faults => new()
    {
        { "iss", "\"https://evil.example\"", AuthReason.OidcTokenInvalid },
        { "iss", null, AuthReason.OidcTokenInvalid },
        { "aud", "\"another\"", AuthReason.OidcTokenInvalid },
        { "aud", "[\"another\",\"third\"]", AuthReason.OidcTokenInvalid },
        { "aud", null, AuthReason.OidcTokenInvalid },
        { "sub", "\"\"", AuthReason.OidcTokenInvalid },
        { "sub", "7", AuthReason.OidcTokenInvalid },
        { "exp", null, AuthReason.OidcTokenInvalid },
        { "exp", "\"later\"", AuthReason.OidcTokenInvalid },
        { "exp", "1", AuthReason.OidcTokenExpired },
        { "nbf", "99999999999", AuthReason.OidcTokenExpired },
        { "nbf", "\"never\"", AuthReason.OidcTokenExpired },
        { "roles", "[]", AuthReason.OidcNoRole },
        { "roles", "[\"unknown\"]", AuthReason.OidcNoRole },
        { "roles", null, AuthReason.OidcNoRole },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_claim_that_is_wrong_refuses_the_token(string claim, string? json, string reason)
    {
        var claims = _provider.Claims("reader");
        claims.Remove(claim);
        if (json is not null)
        {
            claims[claim] = JsonNode.Parse(json);
        }

        Assert.Equal(reason, (await CheckAsync(_provider.Token(claims))).Reason);
    }

    [Fact]
    public async Task The_clocks_may_differ_by_a_minute_and_no_more()
    {
        var claims = _provider.Claims("reader");
        claims["exp"] = _time.GetUtcNow().ToUnixTimeSeconds() - 50;
        var justOver = _provider.Token(claims);
        claims["exp"] = _time.GetUtcNow().ToUnixTimeSeconds() - 70;

        Assert.Null((await CheckAsync(justOver)).Reason);
        Assert.Equal(AuthReason.OidcTokenExpired, (await CheckAsync(_provider.Token(claims))).Reason);
    }

    [Fact]
    public async Task One_of_several_audiences_and_roles_in_one_text_or_inside_an_object_are_found()
    {
        Configure("""
            , "rolesClaim": "realm_access.roles", "userClaim": "email"
            """);
        var claims = _provider.Claims();
        claims["aud"] = new JsonArray("account", "chela");
        claims["email"] = "alice@example.org";
        claims["realm_access"] = new JsonObject { ["roles"] = "offline reader" };

        var verdict = await CheckAsync(_provider.Token(claims));

        Assert.Equal(("alice@example.org", OperatorScopes.Read), (verdict.UserId, verdict.Scopes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("bm90.anNvbg.eA")]
    [InlineData("eyJhbGciOiJSUzI1NiIsImtpZCI6Ilx1ZDgwMCJ9.e30.AAAA")]
    [InlineData("eyJhbGciOiJSUzI1NiIsImFsZyI6IlJTMjU2In0.e30.AAAA")]
    [InlineData("W10.e30.AAAA")]
    public async Task What_is_no_token_is_refused(string shown) => Assert.Equal(AuthReason.OidcTokenInvalid, (await CheckAsync(shown)).Reason);

    [Fact]
    public async Task A_token_that_is_too_long_is_not_looked_at() =>
        Assert.Equal(AuthReason.OidcTokenInvalid, (await CheckAsync(new string('a', Jwt.MaxLength + 1))).Reason);

    [Fact]
    public async Task A_signature_of_another_key_under_a_known_name_is_refused()
    {
        await using var other = await FakeOidc.StartAsync();
        other.Remove("first");
        other.Add("first", RSA.Create(2048));

        Assert.Equal(AuthReason.OidcTokenInvalid, (await CheckAsync(other.Token(_provider.Claims("admin")))).Reason);
    }

    [Fact]
    public async Task An_extension_that_must_be_understood_is_refused() => Assert.Equal(
        AuthReason.OidcTokenInvalid,
        (await CheckAsync(_provider.Token(_provider.Claims("reader"), header: head => head["crit"] = new JsonArray("exp")))).Reason);

    [Fact]
    public async Task A_new_key_is_fetched_when_a_token_names_it_and_the_old_one_is_refused_when_it_is_gone()
    {
        var old = _provider.Token(_provider.Claims("reader"));
        await CheckAsync(old);
        _provider.Add("second", RSA.Create(2048));
        _provider.Remove("first");
        _time.Advance(ProviderKeys.Pause);

        Assert.Null((await CheckAsync(_provider.Token(_provider.Claims("reader")))).Reason);
        _time.Advance(ProviderKeys.Pause);
        Assert.Equal(AuthReason.OidcTokenInvalid, (await CheckAsync(old)).Reason);
    }

    [Fact]
    public async Task Invented_names_of_keys_do_not_make_the_gateway_ask_again_and_again()
    {
        for (var i = 0; i < 50; i++)
        {
            await CheckAsync(_provider.Token(_provider.Claims("reader"), header: head => head["kid"] = $"invented-{i}"));
        }

        Assert.Equal(1, _provider.KeyRequests);
    }

    [Fact]
    public async Task Keys_are_fetched_once_and_again_after_an_hour()
    {
        var claims = _provider.Claims("reader");
        claims["exp"] = _time.GetUtcNow().AddDays(2).ToUnixTimeSeconds();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CheckAsync(_provider.Token(claims))));
        Assert.Equal(1, _provider.KeyRequests);

        _time.Advance(ProviderKeys.Fresh + TimeSpan.FromSeconds(1));
        await CheckAsync(_provider.Token(claims));

        Assert.Equal(2, _provider.KeyRequests);
    }

    [Fact]
    public async Task Known_keys_serve_for_a_day_when_the_provider_does_not_answer()
    {
        var claims = _provider.Claims("reader");
        claims["exp"] = _time.GetUtcNow().AddDays(2).ToUnixTimeSeconds();
        await CheckAsync(_provider.Token(claims));
        _provider.IsDown = true;

        _time.Advance(TimeSpan.FromHours(23));
        var known = await CheckAsync(_provider.Token(claims));
        _time.Advance(TimeSpan.FromHours(2));
        var unknown = await CheckAsync(_provider.Token(claims));

        Assert.Null(known.Reason);
        Assert.Equal(AuthReason.OidcUnavailable, unknown.Reason);
        Assert.NotNull(unknown.RetryAfterMs);
    }

    [Fact]
    public async Task A_provider_that_says_it_is_another_gives_no_keys()
    {
        _provider.OtherIssuer = "https://evil.example";

        Assert.Equal(AuthReason.OidcUnavailable, (await CheckAsync(_provider.Token(_provider.Claims("reader")))).Reason);
    }

    private Task<CredentialVerdict> CheckAsync(string token) => _tokens.CheckAsync(token, TestContext.Current.CancellationToken);

    private void Configure(string more)
    {
        var config = new ConfigStore(ConfigFixture.Load($$$"""
            {"gateway":{"auth":{"mode":"oidc","oidc":{
              "issuer": "{{{_provider.Issuer}}}", "audiences": ["chela"],
              "roles": {"reader": ["operator.read"], "pairer": ["operator.pairing"], "admin": ["operator.admin"]}{{{more}}}
            } } } }
            """));
        _keys?.Dispose();
        _keys = new ProviderKeys(_documents, config, _time, NullLogger<ProviderKeys>.Instance);
        _tokens = new OidcTokens(_keys, config, _time);
    }
}
