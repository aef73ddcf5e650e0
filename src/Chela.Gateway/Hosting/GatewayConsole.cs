using System.Globalization;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Chela.Gateway.Hosting;

/// <summary>Writes the log of a gateway to the console as well.</summary>
public static class GatewayConsole
{
    /// <summary>Adds the console, in the simple form of .NET and without the gateway's secrets.</summary>
    public static ILoggingBuilder AddGatewayConsole(this ILoggingBuilder logging, Action<SimpleConsoleFormatterOptions> configure)
    {
        logging.AddSimpleConsole(configure);
        logging.Services
            .AddSingleton<ConsoleFormatter, HidingFormatter>()
            .Configure<ConsoleLoggerOptions>(options => options.FormatterName = HidingFormatter.OwnName);
        return logging;
    }

    /// <summary>A text that is shown outside the log, without what looks like a secret and without those that variables hold which are named like one.</summary>
    public static string WithoutSecrets(string text, IEnumerable<KeyValuePair<string, string>> environment) =>
        new LogSecrets(environment.Where(variable => SecretNames.IsSecret(variable.Key)).Select(variable => variable.Value)).Hide(text);

    /// <summary>Takes secrets out of what the simple form writes.</summary>
    private sealed class HidingFormatter(IServiceProvider services, LogSecrets secrets) : ConsoleFormatter(OwnName)
    {
        public const string OwnName = "chela";

        private readonly Lazy<ConsoleFormatter> _simple =
            new(() => services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == ConsoleFormatterNames.Simple));

        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            using var line = new StringWriter(CultureInfo.InvariantCulture);
            _simple.Value.Write(logEntry, scopeProvider, line);
            textWriter.Write(secrets.Hide(line.ToString()));
        }
    }
}
