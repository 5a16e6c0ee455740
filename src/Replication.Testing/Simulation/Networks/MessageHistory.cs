using Replication.Testing.Simulation.Randomness;
using Replication.Transport;

namespace Replication.Testing.Simulation.Networks;

/// <summary>Old messages of a link, some of each kind: those that are sent rarely come again as often as those that are
/// sent all the time.</summary>
internal sealed class MessageHistory
{
    private const int KindMax = 16;
    private readonly List<Type> _kinds = [];
    private readonly Dictionary<Type, List<PeerMessage>> _messages = [];

    public bool IsEmpty => _kinds.Count == 0;

    /// <summary>Keeps a message, in the place of another one if there are many.</summary>
    public void Keep(PeerMessage message, RandomStream random)
    {
        Type kind = message is RaftPeerMessage raft ? raft.Message.GetType() : message.GetType();
        if (!_messages.TryGetValue(kind, out List<PeerMessage>? kept))
        {
            _messages.Add(kind, kept = []);
            _kinds.Add(kind);
        }

        if (kept.Count < KindMax)
        {
            kept.Add(message);
        }
        else
        {
            kept[random.Below(KindMax)] = message;
        }
    }

    /// <summary>Picks one.</summary>
    public PeerMessage Pick(RandomStream random)
    {
        List<PeerMessage> kept = _messages[_kinds[random.Below(_kinds.Count)]];
        return kept[random.Below(kept.Count)];
    }
}
