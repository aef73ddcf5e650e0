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
    public void A_fault_of_the_program_is_one_line_without_secrets()
    {
        var fault = new InvalidOperationException("neither Bearer abcdefgh12345 nor sesame-open-now opened it");

        Assert.Equal("chela: internal fault: InvalidOperationException: neither Bearer *** nor *** opened it", FaultLine.Of(fault, "sesame-open-now"));
        Assert.Equal("not ***", GatewayConsole.WithoutSecrets("not what-the-variable-holds", new Dictionary<string, string> { ["MY_API_KEY"] = "what-the-variable-holds", ["LANG"] = "not" }));
    }

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
