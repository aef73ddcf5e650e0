using Chela.Gateway.Hosting;
using Chela.Gateway.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Chela.Gateway.Tests.Hosting;

[Trait("Requirement", "A8")]
public sealed class GatewayConsoleTests
{
    [Fact]
    public void A_line_on_the_console_has_no_secrets_not_even_in_an_exception()
    {
        using var services = new ServiceCollection()
            .AddSingleton(new LogSecrets(["a \"secret\" of mine"]))
            .AddLogging(logging => logging.AddGatewayConsole(console => console.SingleLine = true))
            .BuildServiceProvider();
        var chosen = services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName;
        var formatter = services.GetServices<ConsoleFormatter>().Single(one => one.Name == chosen);
        using var written = new StringWriter();
        var fault = new InvalidOperationException("because of a \"secret\" of mine");

        formatter.Write(new LogEntry<string>(LogLevel.Warning, "Some.Part", new EventId(7), "It said a \"secret\" of mine", fault, (state, _) => state), null, written);

        Assert.Equal(
            "warn: Some.Part[7] It said *** System.InvalidOperationException: because of ***",
            written.ToString().Replace("\u001b[39m\u001b[22m\u001b[49m", "", StringComparison.Ordinal).Replace("\u001b[1m\u001b[33m", "", StringComparison.Ordinal).Trim());
    }
}
