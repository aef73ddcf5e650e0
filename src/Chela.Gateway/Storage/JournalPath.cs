using System.Globalization;
using System.IO.Enumeration;

namespace Chela.Gateway.Storage;

/// <summary>Where a journal lies: <c>directory/name.000001.jsonl</c>, <c>….000002.jsonl</c> and so on.</summary>
internal sealed record JournalPath
{
    private const string Extension = ".jsonl";
    private const string TemporaryExtension = ".tmp";
    private const string CutMark = ".cut-";
    private const int MaxNameLength = 200;

    public JournalPath(string directory, string name)
    {
        if (name.Length is 0 or > MaxNameLength || name[0] == '.' || name.AsSpan().ContainsAny(Path.GetInvalidFileNameChars()))
        {
            throw new ArgumentException("A journal's name is a plain file name of 1 to 200 characters.", nameof(name));
        }

        Directory = directory;
        Name = name;
    }

    public string Directory { get; }

    public string Name { get; }

    public string Segment(int number) =>
        Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"{Name}.{number:D6}{Extension}"));

    public string Temporary(int number) => Segment(number) + TemporaryExtension;

    /// <summary>A name that is still free for the bytes cut off a segment at an offset.</summary>
    public string FreeCut(int number, long offset)
    {
        var first = string.Create(CultureInfo.InvariantCulture, $"{Segment(number)}{CutMark}{offset}");
        var path = first;
        for (var again = 2; File.Exists(path); again++)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"{first}-{again}");
        }

        return path;
    }

    /// <summary>Reads the directory once: its cost grows with the number of files there, so keep few journals in one directory.</summary>
    public JournalListing List()
    {
        if (!System.IO.Directory.Exists(Directory))
        {
            return new JournalListing([], [], []);
        }

        var segments = new List<int>();
        var temporaries = new List<string>();
        var cuts = new List<string>();
        foreach (var file in FilesOfThisName())
        {
            var rest = file.AsSpan(Name.Length + 1);
            var digits = rest.IndexOf('.');
            if (digits < 6 || !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            {
                continue;
            }

            switch (rest[digits..])
            {
                case Extension:
                    segments.Add(number);
                    break;
                case Extension + TemporaryExtension:
                    temporaries.Add(Path.Combine(Directory, file));
                    break;
                case var end when end.StartsWith(Extension + CutMark):
                    cuts.Add(Path.Combine(Directory, file));
                    break;
            }
        }

        segments.Sort();
        return new JournalListing(segments, temporaries, cuts);
    }

    private FileSystemEnumerable<string> FilesOfThisName()
    {
        var prefix = Name + ".";
        return new FileSystemEnumerable<string>(Directory, static (ref entry) => entry.FileName.ToString())
        {
            ShouldIncludePredicate = (ref entry) => entry.FileName.StartsWith(prefix, StringComparison.Ordinal),
        };
    }
}

/// <summary>What a directory holds of one journal.</summary>
/// <param name="Segments">The numbers, ascending.</param>
/// <param name="Temporaries">Replacements that a crash left unfinished.</param>
/// <param name="Cuts">Damaged ends that a repair set aside.</param>
internal sealed record JournalListing(IReadOnlyList<int> Segments, IReadOnlyList<string> Temporaries, IReadOnlyList<string> Cuts);
