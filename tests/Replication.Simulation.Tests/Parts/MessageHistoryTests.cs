using Replication.Primitives;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Networks;
using Replication.Testing.Simulation.Randomness;
using Replication.Transport;

namespace Replication.Simulation.Tests.Parts;

public sealed class MessageHistoryTests
{
    [Fact]
    public void A_kind_that_is_sent_rarely_comes_again_as_often_as_one_that_is_sent_all_the_time()
    {
        RandomStream random = new(1, RandomPurpose.Link, 1);
        MessageHistory history = new();
        PeerMessage rare = Message(new TimeoutNow { From = new NodeId(1), To = new NodeId(2), Term = new Term(1) });
        history.Keep(rare, random);
        for (int round = 0; round < 1_000; round++)
        {
            history.Keep(Message(new HeartbeatReply
            {
                From = new NodeId(1), To = new NodeId(2), Term = new Term(1), Round = round,
            }), random);
        }

        int count = Enumerable.Range(0, 1_000).Count(_ => history.Pick(random) == rare);

        Assert.InRange(count, 400, 600);
    }

    private static RaftPeerMessage Message(RaftMessage message) => new(GroupId.FromName("g"), message, []);
}
