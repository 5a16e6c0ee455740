using Replication.Raft.Primitives;

namespace Replication.Raft.Quorums;

/// <summary>Who answered in one election, once each (thesis §3.4).</summary>
internal sealed class VoteTally(IReadOnlyList<RaftVoter> voters)
{
    private readonly bool?[] _answers = new bool?[voters.Count];
    private int _granted;
    private int _refused;

    /// <summary>Gets whether a majority granted.</summary>
    public bool IsWon => _granted >= Majority.Of(_answers.Length);

    /// <summary>Gets whether a majority can't be had any more.</summary>
    public bool IsLost => _answers.Length - _refused < Majority.Of(_answers.Length);

    /// <summary>Forgets all answers: a new election.</summary>
    public void Reset()
    {
        Array.Clear(_answers);
        _granted = 0;
        _refused = 0;
    }

    /// <summary>Notes an answer; the first of each voter counts.</summary>
    /// <param name="voter">Who answered.</param>
    /// <param name="granted">What.</param>
    public void Note(NodeId voter, bool granted)
    {
        for (int at = 0; at < _answers.Length; at++)
        {
            if (voters[at].Id == voter && _answers[at] is null)
            {
                _answers[at] = granted;
                _granted += granted ? 1 : 0;
                _refused += granted ? 0 : 1;
                return;
            }
        }
    }

    /// <summary>Gets whether a voter's grant is counted.</summary>
    /// <param name="voter">The voter.</param>
    public bool HasGrant(NodeId voter)
    {
        for (int at = 0; at < _answers.Length; at++)
        {
            if (voters[at].Id == voter)
            {
                return _answers[at] == true;
            }
        }

        return false;
    }
}
