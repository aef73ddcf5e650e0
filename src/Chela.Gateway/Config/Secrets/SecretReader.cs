namespace Chela.Gateway.Config.Secrets;

/// <summary>Reads the secrets that a configuration refers to: all at once, each bounded in size and time.</summary>
/// <param name="variables">The environment.</param>
/// <param name="keyFile">Where the keys of encrypted values are, unless the environment holds them; null where there is no such file.</param>
internal sealed class SecretReader(IReadOnlyDictionary<string, string> variables, string? keyFile, TimeProvider time)
{
    /// <summary>So many files are read and programs run for one configuration.</summary>
    private const int MaxReferences = 64;

    /// <summary>What became of the references, and the keys.</summary>
    /// <param name="needed">The references.</param>
    /// <param name="needsKeys">Whether something is encrypted.</param>
    public async Task<SecretMaterial> ReadAsync(IReadOnlyCollection<SecretReference> needed, bool needsKeys, CancellationToken ct)
    {
        var distinct = needed.DistinctBy(reference => reference.Key).ToArray();
        var answers = await Task.WhenAll(distinct.Select((reference, place) => place < MaxReferences
            ? ReadAsync(reference, ct)
            : Task.FromResult(new SecretAnswer(null, $"is one too many: at most {MaxReferences} secrets stand elsewhere"))));
        var (keys, problem) = needsKeys ? await ReadKeysAsync(ct) : (null, null);
        return new SecretMaterial(distinct.Zip(answers).ToDictionary(pair => pair.First.Key, pair => pair.Second, StringComparer.Ordinal), keys, problem)
        {
            Warnings = [.. answers.Select(answer => answer.Warning).Append(needsKeys && keys is not null ? WarningOf(keyFile) : null).OfType<string>()],
        };
    }

    /// <summary>The keys, or why there are none.</summary>
    public async Task<(SecretKeys? Keys, string? Problem)> ReadKeysAsync(CancellationToken ct)
    {
        if (variables.GetValueOrDefault(SecretKeys.Variable) is { } text && !string.IsNullOrWhiteSpace(text))
        {
            return SecretKeys.Read(text) is { } given ? (given, null) : (null, $"{SecretKeys.Variable} holds no keys of {SecretKeys.KeyBytes} bytes in Base64");
        }

        if (keyFile is null || !File.Exists(keyFile))
        {
            return (null, $"there is no key: neither {SecretKeys.Variable} nor {keyFile ?? "a file"}");
        }

        var answer = await ReadFileAsync(keyFile, ct);
        return answer.Value is { } stored && SecretKeys.Read(stored) is { } keys ? (keys, null) : (null, answer.Problem ?? $"{keyFile} holds no keys of {SecretKeys.KeyBytes} bytes in Base64");
    }

    private Task<SecretAnswer> ReadAsync(SecretReference reference, CancellationToken ct) => reference.Source switch
    {
        SecretReference.Env => Task.FromResult(variables.GetValueOrDefault(reference.Id) is { } value && !string.IsNullOrWhiteSpace(value)
            ? new SecretAnswer(value, null)
            : new SecretAnswer(null, $"refers to the variable {reference.Id}, which is not set")),
        SecretReference.File => ReadFileAsync(reference.Id, ct),
        _ => SecretProgram.RunAsync(reference, time, ct),
    };

    private async Task<SecretAnswer> ReadFileAsync(string path, CancellationToken ct)
    {
        try
        {
            // On the pool and bounded in time: opening a pipe waits for somebody who writes.
            return await Task.Run(() => ReadContentAsync(path, ct), ct).WaitAsync(SecretProgram.Limit, time, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            return new SecretAnswer(null, $"refers to {path}, which cannot be read: {e.Message}");
        }
    }

    private static async Task<SecretAnswer> ReadContentAsync(string path, CancellationToken ct)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return await SecretText.ReadBoundedAsync(stream, ct) is { } bytes
            ? SecretText.Answer(bytes, path) with { Warning = WarningOf(path) }
            : new SecretAnswer(null, $"refers to {path}, which has more than {SecretText.MaxBytes} bytes");
    }

    private static string? WarningOf(string? path) =>
        !OperatingSystem.IsWindows() && path is not null && File.Exists(path) && (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) != 0
            ? $"{path} holds a secret, and every user of this machine can read it: chmod 600 {path}"
            : null;
}
