using System.Net;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>Providers of models: whether there are any, and whether they answer.</summary>
internal static class ModelCheckup
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Off = TimeSpan.FromMinutes(1);

    private static readonly DoctorCheck Provider = new("models.provider", "whether a provider of models is configured, and can be used");
    private static readonly DoctorCheck Named = new("models.named", "whether every model that is named has a provider");
    private static readonly DoctorCheck Key = new("models.key", "whether providers that want a key have one");
    private static readonly DoctorCheck Answer = new("models.answer", "whether providers answer and take the key; with --deep");
    private static readonly DoctorCheck Clock = new("clock.provider", "whether the clock agrees with that of providers; with --deep");

    public static IReadOnlyList<DoctorCheck> Checks => [Provider, Named, Key, Answer, Clock];

    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(Patient patient, CancellationToken ct)
    {
        var problems = new List<string>();
        var models = ModelSettings.Read(patient.Config, patient.Setup.Variables.GetValueOrDefault, problems);
        string[] names = [.. models.Providers.Select(provider => provider.Name)];
        return
        [
            .. problems.Select(problem => Provider.Error(problem, "models.providers")),
            names.Length > 0 ? Provider.Ok($"providers: {string.Join(", ", names)}") : Provider.Warning("no provider of models is configured: the echo model answers", "set OPENAI_API_KEY or another, or models.providers"),
            .. names.Length > 0 ? NamedBy(patient.Config, models, names) : [],
            .. models.Providers.Where(WantsKey).Select(provider => Key.Warning($"{provider.Name} has no key", provider.KeyName)),
            .. patient.IsDeep ? (await Task.WhenAll(models.Providers.Select(provider => AskAsync(provider, patient.Time, ct)))).SelectMany(answers => answers) : [],
        ];
    }

    private static IEnumerable<DoctorFinding> NamedBy(ChelaConfig config, ModelSettings models, string[] names)
    {
        (string Key, string? Model)[] named =
        [
            ("agents.defaults.model", models.Default),
            .. config.Agents.Defaults.ModelFallbacks.Select(model => ("agents.defaults.modelFallbacks", (string?)model)),
            .. config.Agents.List.Select(agent => ($"agents.list ({agent.Id}) model", agent.Model)),
            .. config.Agents.List.SelectMany(agent => (agent.ModelFallbacks ?? []).Select(model => ($"agents.list ({agent.Id}) modelFallbacks", (string?)model))),
            .. models.Aliases.Select(alias => ($"models.aliases.{alias.Key}", (string?)alias.Value)),
        ];
        var lost = named.Where(one => one.Model is { } model && !models.Aliases.ContainsKey(model) && IsOfMissing(model, names)).ToArray();
        return lost.Length == 0
            ? [Named.Ok("every model that is named has a provider")]
            : lost.Select(one => Named.Error($"{one.Key} names {Schema.JsonText.Show(one.Model!)}, and no such provider is configured", $"models.providers, or chela config set {one.Key.Split(' ')[0]}"));
    }

    /// <summary>True where the name begins with a well-known provider that is not configured; any other beginning may belong to the model's own name.</summary>
    private static bool IsOfMissing(string model, string[] names) =>
        model.Split('/', 2) is [var provider, _] && ProviderPreset.Find(provider) is not null && !names.Contains(provider, StringComparer.OrdinalIgnoreCase);

    private static bool WantsKey(ProviderSettings provider) =>
        provider is { ApiKey: null, Headers.Count: 0 } && ProviderPreset.Find(provider.Name)?.KeyVariable is not null && !provider.Endpoint.IsLoopback;

    private static async Task<IEnumerable<DoctorFinding>> AskAsync(ProviderSettings provider, TimeProvider time, CancellationToken ct)
    {
        using var http = ProviderHttp.CreateClient();
        using var request = provider.RequestForModels();
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).WaitAsync(Limit, time, ct);
            return [Verdict(provider, answer.StatusCode), .. answer.Headers.Date is { } date ? [ClockBy(provider, date, time.GetUtcNow())] : Array.Empty<DoctorFinding>()];
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException)
        {
            return [Answer.Error($"{provider.Name} does not answer at {provider.Endpoint.Host}: {(e is TimeoutException ? "not in time" : e.Message)}", provider.AddressName)];
        }
    }

    private static DoctorFinding Verdict(ProviderSettings provider, HttpStatusCode status) => status switch
    {
        < HttpStatusCode.BadRequest => Answer.Ok($"{provider.Name} answers"),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Answer.Error($"{provider.Name} refuses the key", provider.KeyName),
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => Answer.Note($"{provider.Name} answers, and lists no models"),
        _ => Answer.Warning($"{provider.Name} answers with {(int)status}", provider.AddressName),
    };

    private static DoctorFinding ClockBy(ProviderSettings provider, DateTimeOffset theirs, DateTimeOffset ours) => (ours - theirs).Duration() > Off
        ? Clock.Warning($"the clock says {ours:u}, and {provider.Name} says {theirs:u}: certificates and tokens may be refused", "set the clock: timedatectl set-ntp true")
        : Clock.Ok($"the clock agrees with {provider.Name}");
}
