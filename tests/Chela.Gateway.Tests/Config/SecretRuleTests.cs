using Chela.Gateway.Config;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "K1")]
public sealed class SecretRuleTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   \t ")]
    [InlineData("undefined")]
    [InlineData("UNDEFINED")]
    [InlineData("null")]
    [InlineData("none")]
    [InlineData("changeme")]
    [InlineData("change-me-please-now")]
    [InlineData("password")]
    [InlineData("Password12345678901234")]
    [InlineData("token")]
    [InlineData("secret")]
    [InlineData("your-token-here")]
    [InlineData("your-very-own-token-here")]
    [InlineData("<token>")]
    [InlineData("<put the gateway token>")]
    [InlineData("${CHELA_GATEWAY_TOKEN}")]
    [InlineData("********************")]
    [InlineData("fifteen-chars-x")]
    [InlineData("with some white space inside")]
    [InlineData("0f8e1c7ab2d3495687aa\n")]
    public void What_is_no_secret_refuses_the_start(string token)
    {
        Assert.NotNull(SecretRule.Refusal(token));
        Assert.StartsWith(
            "CHELA_GATEWAY__AUTH__TOKEN gateway.auth.token: ",
            Refuse(environment: new() { ["CHELA_GATEWAY__AUTH__TOKEN"] = token }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0f8e1c7ab2d34956")]
    [InlineData("correct-horse-battery-staple")]
    [InlineData("1234567890123456")]
    public void A_secret_of_sixteen_characters_is_taken(string token) =>
        Assert.Equal(token, Load(environment: new() { ["CHELA_GATEWAY__AUTH__TOKEN"] = token }).Config.Gateway.Auth.Token);
}
