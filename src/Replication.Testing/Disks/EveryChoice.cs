namespace Replication.Testing.Disks;

/// <summary>Answers the questions of a power loss in every possible way, one run after the other.</summary>
/// <remarks>
/// A run repeats its predecessor's answers but for the last that can still be raised; later ones start at the first
/// alternative again. So all combinations come, each once, the worst case first.
/// </remarks>
internal sealed class EveryChoice : IChoices
{
    private readonly List<(int Answer, int Alternatives)> _answers = [];
    private int _asked;

    /// <summary>Gets the answers of this run.</summary>
    public IEnumerable<int> Answers => _answers.Take(_asked).Select(answer => answer.Answer);

    /// <summary>Gets how many alternatives each question of this run had.</summary>
    public IReadOnlyList<int> Alternatives => [.. _answers.Take(_asked).Select(answer => answer.Alternatives)];

    /// <summary>Gets how many runs there are if each asks what this one did.</summary>
    public double Combinations => _answers.Aggregate(1.0, (product, answer) => product * answer.Alternatives);

    public int Next(int alternatives)
    {
        if (_asked == _answers.Count)
        {
            _answers.Add((0, alternatives));
        }

        return _answers[_asked++].Answer;
    }

    /// <summary>Goes on to the next run.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        _asked = 0;
        while (_answers.Count > 0)
        {
            (int answer, int alternatives) = _answers[^1];
            if (answer + 1 < alternatives)
            {
                _answers[^1] = (answer + 1, alternatives);
                return true;
            }

            _answers.RemoveAt(_answers.Count - 1);
        }

        return false;
    }
}
