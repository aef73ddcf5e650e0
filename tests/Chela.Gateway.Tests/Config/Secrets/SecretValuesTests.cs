using Chela.Gateway.Config.Secrets;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config.Secrets;

[Trait("Requirement", "A8")]
public sealed class SecretValuesTests
{
    [Fact]
    public void Every_setting_with_the_name_of_a_secret_is_one_and_so_is_a_variable_with_such_a_name_wherever_it_stands()
    {
        var snapshot = Load(
            """
            {
              "gateway": { "auth": { "mode": "token", "token": "zz-opens-0123456789", "password": "${PASSWORD}" }, "hosts": ["public.example"] },
              "channels": { "webhook": { "a": { "secret": "webhook-0123456789" } } },
              "models": { "providers": { "a": { "api": "openai-completions", "baseUrl": "http://127.0.0.1:1", "apiKey": "key", "headers": { "X": "Bearer header-value" } } } },
              "mcp": { "servers": { "a": { "command": "run", "args": ["${ARGUMENT_TOKEN}", "${PLAIN}"], "env": { "LEVEL": "info", "LONG": "long-0123456789-long", "MY_KEY": "short" } } } },
              "session": { "mainKey": "one" }
            }
            """,
            new() { ["PASSWORD"] = "pass-0123456789", ["ARGUMENT_TOKEN"] = "argument", ["PLAIN"] = "plain" });

        Assert.Equal(
            ["Bearer header-value", "argument", "header-value", "key", "long-0123456789-long", "pass-0123456789", "webhook-0123456789", "zz-opens-0123456789"],
            SecretValues.Of(snapshot).Order(StringComparer.Ordinal));
    }
}
