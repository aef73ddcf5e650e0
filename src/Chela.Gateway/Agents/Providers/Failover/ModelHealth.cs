namespace Chela.Gateway.Agents.Providers.Failover;

/// <summary>
/// Which models are passed over for a while. When the while is over, one call tries the model; only once that succeeds the others follow. A model
/// is never given up: where all are cooling down, they are asked all the same.
/// </summary>
internal sealed class ModelHealth(TimeProvider time)
{
    /// <summary>The first cool-down of a model; each further failure doubles it.</summary>
    public static readonly TimeSpan FirstOfModel = TimeSpan.FromSeconds(30);

    /// <summary>The same for the account of a provider, which seldom mends itself.</summary>
    public static readonly TimeSpan FirstOfProvider = TimeSpan.FromMinutes(5);

    /// <summary>No cool-down is longer, unless the provider asked for it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>How long the others wait for the one call that tries a model.</summary>
    public static readonly TimeSpan Probe = TimeSpan.FromSeconds(30);

    /// <summary>The names of models come from clients; beyond so many that failed, the oldest is forgotten.</summary>
    private const int MostEntries = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CoolDown> _coolDowns = new(StringComparer.Ordinal);

    /// <summary>The models in the order in which they are asked: as given, but those that cool down last. The first is taken as asked now.</summary>
    public IReadOnlyList<ModelRef> Order(IReadOnlyList<ModelRef> models)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            ModelRef[] order = [.. models.OrderBy(model => Of(model) is { } coolDown && coolDown.Until > now ? coolDown.Until : DateTimeOffset.MinValue)];
            foreach (var key in order.Length > 1 ? KeysOf(order[0]) : [])
            {
                if (_coolDowns.TryGetValue(key, out var over))
                {
                    _coolDowns[key] = over with { Until = now + Probe };
                }
            }

            return order;
        }
    }

    /// <summary>Why a model is passed over, and until when; null where it is not.</summary>
    public CoolDown? Find(ModelRef model)
    {
        lock (_gate)
        {
            return Of(model) is { } coolDown && coolDown.Until > time.GetUtcNow() ? coolDown : null;
        }
    }

    /// <summary>A model answered.</summary>
    public void Succeeded(ModelRef model)
    {
        lock (_gate)
        {
            foreach (var key in KeysOf(model))
            {
                _coolDowns.Remove(key);
            }
        }
    }

    /// <summary>A model failed, after all attempts.</summary>
    public void Failed(ModelRef model, ProviderError error)
    {
        var scope = FailureRule.Of(error.Kind).CoolDown;
        if (scope == CoolDownScope.None)
        {
            return;
        }

        var key = scope == CoolDownScope.Provider ? model.Provider : model.ToString();
        var first = scope == CoolDownScope.Provider ? FirstOfProvider : FirstOfModel;
        lock (_gate)
        {
            var failures = _coolDowns.TryGetValue(key, out var before) ? before.Failures + 1 : 1;
            var wait = first * Math.Pow(2, Math.Min(failures - 1, 10));
            wait = wait < Longest ? wait : Longest;
            wait = error.RetryAfter > wait ? error.RetryAfter.Value : wait;
            Bound();
            _coolDowns[key] = new CoolDown(error.Kind, time.GetUtcNow() + wait, failures);
        }
    }

    private static string[] KeysOf(ModelRef model) => [model.Provider, model.ToString()];

    private CoolDown? Of(ModelRef model) =>
        KeysOf(model).Select(_coolDowns.GetValueOrDefault).OfType<CoolDown>().MaxBy(coolDown => coolDown.Until);

    private void Bound()
    {
        if (_coolDowns.Count >= MostEntries)
        {
            _coolDowns.Remove(_coolDowns.MinBy(entry => entry.Value.Until).Key);
        }
    }
}

/// <summary>Why a model is passed over.</summary>
/// <param name="Reason">How it failed last.</param>
/// <param name="Until">When it is tried again.</param>
/// <param name="Failures">How often it failed since it last answered.</param>
internal sealed record CoolDown(ProviderErrorKind Reason, DateTimeOffset Until, int Failures);
