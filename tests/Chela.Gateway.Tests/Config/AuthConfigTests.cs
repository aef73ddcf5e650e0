using Chela.Gateway.Config;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

/// <summary>What the settings of the credential must be, one by one and together.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "K1")]
public sealed class AuthConfigTests
{
    private const string Token = "0f8e1c7ab2d34956";
    private const string Password = "a rather long pass phrase";

    [Theory]
    [InlineData("{}", "token")]
    [InlineData($$$$"""{"gateway":{"auth":{"token":"{{{{Token}}}}"}}}""", "token")]
    [InlineData($$$$"""{"gateway":{"auth":{"password":"{{{{Password}}}}"}}}""", "password")]
    [InlineData($$$$"""{"gateway":{"auth":{"mode":"token","token":"{{{{Token}}}}","password":"{{{{Password}}}}"}}}""", "token")]
    public void The_mode_is_the_one_set_else_what_the_secrets_say(string file, string expected) =>
        Assert.Equal(expected, Load(file).Config.Gateway.Auth.ModeInForce());

    [Fact]
    public void Two_secrets_without_a_mode_are_refused() => Assert.StartsWith(
        "chela.json:1:", Refuse($$$$"""{"gateway":{"auth":{"token":"{{{{Token}}}}","password":"{{{{Password}}}}"}}}"""), StringComparison.Ordinal);

    [Fact]
    public void A_mode_without_its_password_is_refused_with_the_place_of_the_mode()
    {
        var problem = Refuse(environment: new() { ["CHELA_GATEWAY__AUTH__MODE"] = "password" });

        Assert.StartsWith("CHELA_GATEWAY__AUTH__MODE gateway.auth.mode: ", problem, StringComparison.Ordinal);
        Assert.Contains("gateway.auth.password", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"auth":{"mode":"trusted-proxy","trustedProxy":{"userHeader":"X-User"}}}""", "gateway.trustedProxies")]
    [InlineData("""{"trustedProxies":["10.0.0.1"],"auth":{"mode":"trusted-proxy"}}""", "gateway.auth.trustedProxy.userHeader")]
    [InlineData("""{"auth":{"mode":"oidc","oidc":{"audiences":["chela"],"roles":{"a":["operator.read"]}}}}""", "gateway.auth.oidc.issuer")]
    [InlineData("""{"auth":{"mode":"oauth","oidc":{"issuer":"https://id.example.org","roles":{"a":["operator.read"]}}}}""", "gateway.auth.oidc.audiences")]
    [InlineData("""{"auth":{"mode":"oidc","oidc":{"issuer":"https://id.example.org","audiences":["chela"]}}}""", "gateway.auth.oidc.roles")]
    public void A_mode_without_what_it_needs_is_refused_and_the_remedy_named(string gateway, string named)
    {
        var problem = Refuse("{\"gateway\":" + gateway + "}");

        Assert.Contains("gateway.auth.mode: ", problem, StringComparison.Ordinal);
        Assert.Contains(named, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://id.example.org")]
    [InlineData("id.example.org")]
    [InlineData("ftp://id.example.org")]
    [InlineData("https://me:secret@id.example.org")]
    [InlineData("https://id.example.org?tenant=1")]
    [InlineData("")]
    [InlineData("undefined")]
    public void A_provider_over_plain_http_or_without_an_address_is_refused(string issuer) => Assert.StartsWith(
        "CHELA_GATEWAY__AUTH__OIDC__ISSUER gateway.auth.oidc.issuer: ",
        Refuse(environment: new() { ["CHELA_GATEWAY__AUTH__OIDC__ISSUER"] = issuer }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("[\"\"]")]
    [InlineData("[\"undefined\"]")]
    [InlineData("[\"<client id>\"]")]
    public void An_audience_that_is_a_placeholder_is_refused(string audiences) => Assert.Contains(
        "gateway.auth.oidc.audiences[0]: is ", Refuse(environment: new() { ["CHELA_GATEWAY__AUTH__OIDC__AUDIENCES"] = audiences }), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("undefined")]
    [InlineData("null")]
    [InlineData("password")]
    [InlineData("change-me-now-please")]
    [InlineData("<your password>")]
    [InlineData("elevenchars")]
    [InlineData("ends with a blank ")]
    public void What_is_no_password_refuses_the_start_and_is_not_repeated(string password)
    {
        var problem = Refuse(environment: new() { ["CHELA_GATEWAY__AUTH__PASSWORD"] = password });

        Assert.StartsWith("CHELA_GATEWAY__AUTH__PASSWORD gateway.auth.password: ", problem, StringComparison.Ordinal);
        Assert.NotNull(PasswordRule.Refusal(password));
    }

    [Fact]
    public void A_secret_is_not_in_what_the_settings_print() => Assert.DoesNotContain(
        Password, Load($$$$"""{"gateway":{"auth":{"password":"{{{{Password}}}}"}}}""").Config.Gateway.Auth.ToString(), StringComparison.Ordinal);
}
