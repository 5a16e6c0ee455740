namespace Replication.Testing.Simulation.Pages;

/// <summary>Puts moments on an axis on which time in which nothing happens takes little room, and moments that are
/// close together can still be told apart.</summary>
internal sealed class TimeScale
{
    private const double StepMin = 3;
    private const double WordStepMin = 15;
    private const double StepMax = 26;
    private const double PixelsPerMillisecond = 9;
    private readonly long[] _moments;
    private readonly double[] _places;

    /// <summary>Makes a scale.</summary>
    /// <param name="moments">What must be told apart, in nanoseconds.</param>
    /// <param name="words">Those of them beside which words stand: they get the room of a line.</param>
    /// <param name="start">Where the first one is.</param>
    public TimeScale(IEnumerable<long> moments, IEnumerable<long> words, double start)
    {
        HashSet<long> wordy = [.. words];
        _moments = [.. moments.Distinct().Order()];
        _places = new double[_moments.Length];
        for (int i = 0; i < _moments.Length; i++)
        {
            _places[i] = i == 0 ? start : _places[i - 1] + Math.Clamp(
                (_moments[i] - _moments[i - 1]) / 1e6 * PixelsPerMillisecond,
                wordy.Contains(_moments[i - 1]) ? WordStepMin : StepMin,
                StepMax);
        }
    }

    public double End => _places.Length == 0 ? 0 : _places[^1];

    public IReadOnlyList<long> Moments => _moments;

    /// <summary>Gets where a moment is; one that is before or after all others lies on the nearest.</summary>
    public double Place(long moment)
    {
        int found = Array.BinarySearch(_moments, moment);
        if (found >= 0)
        {
            return _places[found];
        }

        int next = ~found;
        if (next == 0 || next == _moments.Length)
        {
            return _places.Length == 0 ? 0 : _places[Math.Min(next, _places.Length - 1)];
        }

        double part = (double)(moment - _moments[next - 1]) / (_moments[next] - _moments[next - 1]);
        return _places[next - 1] + (part * (_places[next] - _places[next - 1]));
    }
}
