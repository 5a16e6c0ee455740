namespace Replication.Testing.Simulation.Pages;

/// <summary>How pages look, in daylight and in the dark.</summary>
internal static class PageStyle
{
    public const string Text =
        """

        :root { color-scheme: light dark; --ink: #1c2330; --soft: #68707d; --ground: #fff; --edge: #ccd2da;
          --leader: #2f9e57; --candidate: #d99a1b; --follower: #6b8fc4; --fault: #d64545; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #98a1ae; --ground: #14181e;
          --edge: #39414c; } }
        body { margin: 1.5rem; font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
        h1 { font-size: 1.5rem; } h1.broken { color: var(--fault); } h1.well { color: var(--leader); }
        h2 { font-size: 1.1rem; border-bottom: 1px solid var(--edge); }
        pre { font-size: 12.5px; white-space: pre-wrap; overflow-wrap: anywhere; }
        pre.command { padding: .7rem; border: 1px solid var(--edge); border-radius: 4px; }
        table { border-collapse: collapse; margin: .7rem 0; font-variant-numeric: tabular-nums; }
        th, td { border: 1px solid var(--edge); padding: .15rem .5rem; text-align: left; font-size: 12.5px; }
        tr.info td, tr.waits td { background: #d99a1b33; } tr.fail td { background: #d6454522; }
        .wide { overflow-x: auto; }
        svg text { font: 10px system-ui, sans-serif; fill: var(--ink); }
        svg text.time, svg text.state { fill: var(--soft); }
        svg text.node { font-size: 13px; font-weight: 600; text-anchor: middle; }
        svg .lane { stroke: var(--edge); stroke-width: 2; stroke-dasharray: 3 4; }
        svg .role.leader { fill: var(--leader); } svg .role.candidate { fill: var(--candidate); }
        svg .role.follower { fill: var(--follower); }
        svg text.state.leader { fill: var(--leader); font-weight: 600; }
        svg text.state.candidate { fill: var(--candidate); }
        svg .ends { stroke: var(--fault); stroke-width: 2.5; fill: none; }
        svg .fault { fill: var(--fault); fill-opacity: .45; } svg .fault.of-node { fill-opacity: .18; }
        svg .calls .fault, svg.calls .fault { fill-opacity: .12; }
        svg text.fault-name { fill: var(--fault); font-size: 9px; }
        svg .arrow { stroke: var(--ink); stroke-width: 1.1; } svg .arrow.quiet { stroke: var(--soft); opacity: .4; }
        svg .arrow.lost { stroke: var(--fault); stroke-dasharray: 3 2; } svg text.lost { fill: var(--fault); }
        svg .head.message { fill: var(--ink); } svg .head.quiet { fill: var(--soft); fill-opacity: .5; }
        svg text.label { font-size: 9px; }
        svg line.violation { stroke: var(--fault); stroke-width: 2.5; }
        svg text.violation { fill: var(--fault); font-size: 12px; font-weight: 600; }
        svg line.heal { stroke: var(--leader); stroke-dasharray: 6 4; } svg text.heal { fill: var(--leader); }
        svg .call { stroke: var(--edge); } svg .call.ok { fill: #2f9e5766; } svg .call.fail { fill: #d6454566; }
        svg .call.info, svg .call.waits { fill: #d99a1b66; }

        """;
}
