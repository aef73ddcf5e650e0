using System.Text.Json.Serialization;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>One thing that the doctor looks at.</summary>
/// <param name="Id">Never changes: people filter by it.</param>
/// <param name="Looks">At what it looks, for the page of operators.</param>
/// <param name="Mends">What <c>--fix</c> does; null where a person has to.</param>
public sealed record DoctorCheck(string Id, string Looks, string? Mends = null)
{
    /// <summary>Everything is as it should be.</summary>
    public DoctorFinding Ok(string message) => new(Id, DoctorFinding.Ok, message);

    /// <summary>Worth knowing.</summary>
    public DoctorFinding Note(string message, string? remedy = null) => new(Id, DoctorFinding.Note, message) { Remedy = remedy };

    /// <summary>It works, but somebody should do something.</summary>
    public DoctorFinding Warning(string message, string remedy) => new(Id, DoctorFinding.Warning, message) { Remedy = remedy };

    /// <summary>Something does not work.</summary>
    public DoctorFinding Error(string message, string remedy) => new(Id, DoctorFinding.Error, message) { Remedy = remedy };
}

/// <summary>What the doctor found of one thing.</summary>
/// <param name="Id">The check.</param>
/// <param name="State">ok, note, warning or error.</param>
/// <param name="Message">One sentence, never with a secret.</param>
public sealed record DoctorFinding(string Id, string State, string Message)
{
    internal const string Ok = "ok", Note = "note", Warning = "warning", Error = "error";

    /// <summary>A command or a setting that helps.</summary>
    public string? Remedy { get; init; }

    /// <summary>Mends it and says what was done; null where a person has to.</summary>
    [JsonIgnore]
    public Func<CancellationToken, Task<string>>? Mend { get; init; }

    /// <summary>True for what does not work.</summary>
    [JsonIgnore]
    public bool IsError => State == Error;
}
