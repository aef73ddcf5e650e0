namespace Chela.Bench;

/// <summary>The straight line that is nearest to what memory was at certain times (least squares).</summary>
internal sealed class MemoryLine
{
    private readonly List<(double Seconds, double Megabytes)> _points = [];

    /// <summary>What it was at first.</summary>
    public double First => _points[0].Megabytes;

    /// <summary>What it was at last.</summary>
    public double Last => _points[^1].Megabytes;

    /// <summary>By how much it rises in an hour, in megabytes.</summary>
    public double SlopePerHour
    {
        get
        {
            var (middle, level) = (_points.Average(point => point.Seconds), _points.Average(point => point.Megabytes));
            var together = _points.Sum(point => (point.Seconds - middle) * (point.Megabytes - level));
            return together / _points.Sum(point => Math.Pow(point.Seconds - middle, 2)) * 3600;
        }
    }

    public void Add(double seconds, double megabytes) => _points.Add((seconds, megabytes));
}
