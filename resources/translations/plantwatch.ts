<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name></name>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CPU %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temp. °C</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network kB/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 15 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 6 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{step} · about {left} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{step} · {took}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done in {took}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled after {took}; nothing of it runs any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrolling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is being removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is being enrolled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up; last seen {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up, but needs attention; last seen {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down: the last scrape, {seen}, failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last heard of {seen}. Whether it is up now is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not known: Prometheus is away or has never scraped it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up since {moment}; last seen {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up, but needs attention since {moment}; last seen {seen}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down since {moment}: the last scrape, {seen}, failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trying it on {name} …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changing it …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the login of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login of {n} endpoints was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login of {name} was changed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AboutSection</name>
    <message>
        <source>About</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plantwatch {0}, Apache License 2.0</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ActivityModel</name>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detail</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ActivityPage</name>
    <message>
        <source>Search the activity log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the shown activity as CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All runs over many devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show older</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been done yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every change to a device or to the stack is written down here: who, when, what, with what result.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol an endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Activity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Activity log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing contains “{0}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the activity log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The activity log is in {0} (lines: {1}).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AlertDetail</name>
    <message>
        <source>What to do</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an alert to read what it means and what to do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}, silenced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since {0} ({1})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AlertModel</name>
    <message>
        <source>Alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Critical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Information</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without a site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} (silenced)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AlertsPage</name>
    <message>
        <source>Search the alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By severity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts that fire</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing fires</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rules of the stack watch every endpoint. When one of them is broken, it stands here, worst first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checked at {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hidden by the search: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AppearanceSection</name>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes effect when Plantwatch is started again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the settings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Bench</name>
    <message>
        <source>What is wrong with the row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next bad row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous bad row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the bad rows…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save all rows…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take in again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This row is the header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sheet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another list…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What holds for all rows that do not say otherwise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol 1 device…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol {n} devices…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No row is ready to be enrolled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows made of a range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pasted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {n} is the header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {n}: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CardDelegate</name>
    <message>
        <source>24 h</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CauseList</name>
    <message>
        <source>Show all {n} causes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the login…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use port {port}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the builds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try them again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try it again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CauseRow</name>
    <message>
        <source>Select them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select the devices: {cause}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChainStrip</name>
    <message>
        <source>Whether the activity log is whole was not checked yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note this hash where nobody who may write the inventory can change it: it proves every line up to now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The activity log is whole: {0} lines. Checked at {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The activity log was tampered with. {0} Checked at {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>newest hash {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {0} is not as it was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines between {0} and {1} are missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The newest lines, after line {0}, are missing or replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest lines, up to {0}, were not written by Plantwatch.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChartView</name>
    <message>
        <source>No data in this time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switched off.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Chip</name>
    <message>
        <source>{what}: show only these</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ColumnHeader</name>
    <message>
        <source>not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Column {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the column “{title}” means</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Find endpoints, pages and actions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing matches.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfigHint</name>
    <message>
        <source>Use it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read ~/.ssh/config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file}: line {number} cannot be understood and is passed over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} cannot be read: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From ~/.ssh/config: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>address {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>user {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>port {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>via {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taken over from ~/.ssh/config: {what}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CountBar</name>
    <message>
        <source>Show only some rows</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DangerDialog</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DashboardsPage</name>
    <message>
        <source>Grafana has no dashboards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stack brings a dashboard for a site and one for an endpoint. Deploying it again puts them back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>15 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>6 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>24 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reload</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens the dashboard in your browser, where Grafana asks for a login.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dashboards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address the dashboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The dashboard wanted to lead away to {0}; that was refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} was not downloaded: use “Open in browser” for downloads.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DatabaseSection</name>
    <message>
        <source>Inventory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of endpoints and the activity log. Changing the place does not move what is in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A PostgreSQL database, shared by several operators</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of the database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes into this desktop&apos;s keyring. Leave it empty to keep the one that is there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the place of the inventory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept. The inventory is used from there when Plantwatch is started again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address of the database is needed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DefaultsForm</name>
    <message>
        <source>Names of rows without one</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>Open the inventory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for interrupted work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Renew certificates that end before long</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DiscoveryPage</name>
    <message>
        <source>Find devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find devices by their addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the addresses of a network of yours, and see which SSH servers answer and which of them are enrolled already. Nobody logs in, and only what you type is asked. Talk to whoever looks after the network first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put in a list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as a list…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear the selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scan {0} addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scan has ended: {0} found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No device of this network announces an SSH server. Type addresses to ask them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer has no route to these addresses: it is in another network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} addresses answered, but none of them has an SSH server at these ports.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody answered. Check the addresses, that the devices are switched on, and that firewalls let SSH through from here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {0} of them with a host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put {0} in a list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} devices are in {1}. Their keys were seen, not compared: an enrolment asks about them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as a list</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DoneView</name>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes the endpoint out again and leaves the device as it was before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is monitored. The first data have arrived.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rates need two readings: the first values appear after a few seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the values of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest values, read again every few seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DropZone</name>
    <message>
        <source>Paste the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find devices…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste a list of devices, or drop a file here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A table from a spreadsheet, CSV, XLSX, plain addresses, an Ansible inventory, known_hosts or ssh_config, in any order and language. You see what becomes of each row before anything is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no text in the clipboard. Copy the list where you have it, then paste it here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a list of devices</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EndpointDialog</name>
    <message>
        <source>Change {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSH port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Separated by blanks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scrape address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where Prometheus reaches the device, if not at its address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EndpointPage</name>
    <message>
        <source>Charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This endpoint is no longer there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was removed, here or by another window. What was measured of it stays in Prometheus.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the fleet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fleet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the fleet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo the zoom (double click in a chart)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Range of time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in Grafana</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Renew certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives the exporter a new certificate, without an interruption.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upgrade exporter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metrics…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chooses what the exporter reads of the device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Contacts the device: is it the known one, and is all that was made on it as it was?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host key…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change login…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another user, password or key, for all endpoints that share the login.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share login…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives the login a name, so that other endpoints can be enrolled with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upgrade to {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device has the exporter {old}, the kit has {new}. It is started again once; if the new one does not answer, the old one comes back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share the login of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is it the device of {name}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has another machine-id than before. After a new installation or a restored image that is right. If you are not sure, look at the device itself: from now on Plantwatch would change and clean whatever answers there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is its device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept the device of {name}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EndpointSummary</name>
    <message>
        <source>It is the right device…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrolled {age}, {moment}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EnrolPage</name>
    <message>
        <source>Enrol an endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling: what was done so far is being undone …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is enrolled and up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is removed; the device is as it was before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. What was done is undone, and nothing runs any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read what was used last</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EnrolWays</name>
    <message>
        <source>How many devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Many devices</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EnrollingStep</name>
    <message>
        <source>Enrolling {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removing {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FilterLine</name>
    <message>
        <source>What can be asked</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Fleet</name>
    <message>
        <source>another device seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without a site</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FleetActions</name>
    <message>
        <source>Check now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Renew certificates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upgrade exporters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metrics…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the run down</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FleetPage</name>
    <message>
        <source>No endpoint matches.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No endpoint yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol a Linux device and it shows up here with its state, its load and what needs attention. You need its address and a login.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol an endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol many devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as list…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear the selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group by site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>High rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search, or ask: site:north disk&gt;90</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Columns, rows and export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fleet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} endpoints</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FleetTable</name>
    <message>
        <source>Fleet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FolderSection</name>
    <message>
        <source>Data folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings, inventory, exporter builds and logs; no secrets, those are in the keyring. Another folder is chosen with --data-dir or PLANTWATCH_DATA_DIR when Plantwatch is started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Footer</name>
    <message>
        <source>Retry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GrafanaView</name>
    <message>
        <source>Grafana dashboard</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HitTable</name>
    <message>
        <source>What was found</source>
        <extracomment>Who gets how much of the room that is left over, in tenths.</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HitsModel</name>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host key, not compared yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>announced, not asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>open to anyone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TLS, open to anyone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refuses strangers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>listens, not asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no exporter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not the key of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}, not compared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A scan saw this key, and nobody has compared it yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No SSH server answers here. It may be a printer, which would print the question.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrolled as {0}: this address, port and key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} has this key and another address: the device has two, was moved, or was copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is enrolled here with another key: the device was set up anew, another one has its address, or somebody stands between.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is enrolled here; there are no two keys of one kind to compare.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HostKeyDialog</name>
    <message>
        <source>Known key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it may mean:
•  The jump host was installed anew, or its keys were made anew.
•  Another machine stands at this address.
•  Somebody stands between and waits for the logins, there and on the devices behind.
Nothing but the exchange of keys was sent to it. Only the jump host itself can tell which of them it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it may mean:
•  The device was installed anew, or its keys were made anew.
•  Another device stands at this address: it was swapped, or the address was given away.
•  Somebody stands between and waits for the login.
Nothing but the exchange of keys was sent to it. Only the device itself can tell which of them it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known until now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{target} shows another host key than the known one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{target} shows the key that is known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and {n} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new key counts for every endpoint behind it: {names}{more}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>InlineError</name>
    <message>
        <source>Error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the error with its details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Intake</name>
    <message>
        <source>Back to the list</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ItemTable</name>
    <message>
        <source>Devices of the run</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JumpFields</name>
    <message>
        <source>Jump host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this prints on it: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. The line of that file, or its line of known_hosts, will do as well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ssh-agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Questions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log in there with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key file for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it empty for the key with which you log in on the device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passphrase of that key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it empty if the key has none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jump host {0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jump host {0}: earlier on the way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jump host {0}: later on the way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove jump host {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the file with the private key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no file {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A password is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say who logs in where: USER@HOST or USER@HOST:PORT.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JumpList</name>
    <message>
        <source>Add another jump host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparing the host keys of the jump hosts …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare the host keys of the jump hosts</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeepAs</name>
    <message>
        <source>Thanet turbines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other endpoints can then share it, and a new password is entered once for all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use this login for other endpoints too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another login has this name.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyCheck</name>
    <message>
        <source>Fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command to run on the device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Or paste what the device printed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fingerprint, the line of its public key file, or its line of known_hosts. It is then compared for you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check it on the device itself, at its console or in a session you trust:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare the fingerprint, then tick “It is the same”, or paste the expected one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is another key. Do not go on until you know why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>✓ It is the same key.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KitSection</name>
    <message>
        <source>Exporter builds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Devices never need the internet: Plantwatch carries the exporter to them from here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Release address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the publisher or of a mirror in your network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the builds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look into the kit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the exporter builds {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: {1} ({2})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are none yet: nothing can be enrolled until you get them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kit has exporter {0} for {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. The builds that had arrived are kept.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LabelsDialog</name>
    <message>
        <source>{n} endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels of {whose}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They have: {tags}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They have none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empty: none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags to give</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Separated by blanks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags to take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change {whose}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is left alone stays as it is. Prometheus is told once, at the end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tag cannot be both given and taken.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is changed yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LegendButton</name>
    <message>
        <source>{line}: {value}. Press to show it alone.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message>
        <source>Licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Components</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LimitStrip</name>
    <message>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {n}: {why}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ListEditor</name>
    <message>
        <source>Read the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget a list</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ListModel</name>
    <message>
        <source>Row</source>
        <extracomment>Of a cell with thousands of letters only the beginning has room anyway, and Qt lays all of it out.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dropped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list says nothing of it: you compare it when the device has shown it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ListPage</name>
    <message>
        <source>Enrol many devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>devices-to-mend.csv</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>devices.csv</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} rows are in {path}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ListTable</name>
    <message>
        <source>Rows of the list</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Lists</name>
    <message>
        <source>good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>duplicate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>enrolled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>begun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} bad</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} duplicate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} enrolled already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} begun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSH port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scrape address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporter port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listening address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jump hosts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seen key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as you said</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>likely</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a guess: have a look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spreadsheet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plain list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ansible inventory (INI)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ansible inventory (YAML)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogDialog</name>
    <message>
        <source>Log of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show only lines that contain …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter of the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} has not written anything.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogFold</name>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been logged yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LoginDialog</name>
    <message>
        <source>Change the login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From now on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another user, password or key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until now: {login}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try it on {name} first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new login is tried on {name}, and takes this key off the device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only for {name}; the others keep what they have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it for {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change it for {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change it for {n} endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LoginForm</name>
    <message>
        <source>User</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ssh-agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Questions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it empty if the key has none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password for sudo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it empty if sudo asks for the password above, or for none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sudo asks for another password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>root, admin, pi …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log in with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept from before; type to replace it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A user name is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A password is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the file with the private key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no file {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the public half. The private key has no “.pub” at its end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keys that ssh-add -l lists are offered one after the other. Plantwatch never sees them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You answer what the device asks, one-time codes for instance, whenever Plantwatch logs in. Nothing of it is kept.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LoginNameDialog</name>
    <message>
        <source>Name of the login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoints can share a login that has a name: in the wizard it is chosen by that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LoginRow</name>
    <message>
        <source>Change…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the login {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the login {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the login {name}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LoginStep</name>
    <message>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only if sudo asks for another password than the one for logging in, or if you log in with a key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Through a jump host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Once the device is enrolled, the secret is kept in this desktop&apos;s keyring, and nowhere else.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LoginsSection</name>
    <message>
        <source>Logins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Those that endpoints share. Changed here, one is changed for all of them; its secrets are in this desktop&apos;s keyring. A login gets its name while an endpoint is enrolled, or from the endpoint&apos;s own page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No login has a name yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the logins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename the login {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the login {name}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its secrets are deleted from the keyring. A login that endpoints still use is not removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login {name} was removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the login {name}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fleet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol many devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dashboards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Activity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Security</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plantwatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) still run.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Closing cancels them first; what they have begun is undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel them and close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing, once what is under way has been undone or finished …</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Mending</name>
    <message>
        <source>Mend what failed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Metrics</name>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File systems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temperatures and fans</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Services</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Power</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RAID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hardware errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How busy each core is, and how fast it runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Used, free and swapped; processes ended for lack of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is read and written, and how long it takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How full each is; whether it became read-only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Traffic, errors and links of each port; connections.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sensors of the board, the processor and the disks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which units of systemd run, and which have failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many there are, and in which state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far it is off, and whether it is kept in step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Supplies, batteries, and what the processor takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrays, and disks that they have lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory errors that were corrected, and those that were not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metrics: only the basics, everything else is switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switched off: {groups}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MetricsDialog</name>
    <message>
        <source>Metrics of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metrics of {n} endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch all on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change {n} endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the exporter reads of a device. How long it has been up, its load and what it is are always read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where a box shows a line, the endpoints differ: each keeps what it has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the exporter is started again, once; where it does not answer, it reads what it did before. What was measured stays in Prometheus. Alerts about what is switched off are not raised any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Groups of metrics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is changed yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NavigationBar</name>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NavigationButton</name>
    <message>
        <source>{page}, {count} to look at</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NewKeysDialog</name>
    <message>
        <source>New host keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I have compared all {n}, and they are the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One device shows a host key that nobody has compared yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} devices show host keys that nobody has compared yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing but the exchange of keys was sent to them. Compare each with what the device itself prints, on its console or as it was noted when it was set up:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust the compared keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust 1 key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust {n} keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick those that you have compared.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NewKeysModel</name>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeArea</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Outlook</name>
    <message>
        <source>Check the Docker host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count the alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host}: stack healthy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host}: no stack yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host}: stack needs attention</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Overview</name>
    <message>
        <source>Alerts</source>
        <extracomment>So many alerts of a severity are named.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>silenced or held back: {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing fires</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not heard of lately</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoints that need something</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disks are not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None does</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monitoring server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>HH:mm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMM, HH:mm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMM yyyy, HH:mm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>since {moment} or earlier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>since {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} stale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} enrolling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} coming or going</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {n} well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{share} up in the last 24 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&lt;1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As of {moment}: {sentence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No answer since {moment}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No endpoint is watched yet; being enrolled or removed: {n}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {n} endpoints are well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The endpoint is well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is known of the {n} endpoints.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{well} of {total} endpoints are well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Critical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Information</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another device seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk almost full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk will be full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed on the device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate ends within 30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read in plain HTTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newer exporter in the kit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Series</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory of Prometheus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host: fullest disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host: memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host: processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk of the host is not watched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol the Docker host as an endpoint and give it the tag docker-host: then its disk, memory and processor are shown here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OverviewLines</name>
    <message>
        <source>Alerts, needs and the monitoring server</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to watch yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Once devices are enrolled, this page says whether they are well, and if not, where and since when. Put the monitoring stack on a Docker host, then enrol the first device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up the stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol an endpoint</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OwnKeyChoice</name>
    <message>
        <source>Accept it only from the address at which the device sees this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new key for this device alone takes its place; only a password that sudo asks for is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not on a laptop whose address changes: the device would not let Plantwatch in any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install a key of Plantwatch&apos;s own and forget this password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install a key of Plantwatch&apos;s own in place of this login</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlanCard</name>
    <message>
        <source>Nothing to do: the stack on {0} is as it should be.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlanStep</name>
    <message>
        <source>Enrol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the device; nothing is changed on it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at {0} …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device has not been looked at yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What will be done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Becomes root by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none of ours yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>taken by {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} ahead of ours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} behind ours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>being root already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sudo, without a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sudo, with a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>doas, without a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>doas, with a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no way found</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProfileChoice</name>
    <message>
        <source>New login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the logins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the login from the keyring …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the login {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressBar</name>
    <message>
        <source>Progress of the run</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Plantwatch works on as many devices at a time as goes well: one more while they succeed, half as many when the network, a jump host or a device drops connections. A device that hangs holds up nobody.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>remaining time not known yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {left} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} at a time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QuestionsDialog</name>
    <message>
        <source>{0} asks {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These words are the device&apos;s. Your answers go to it alone and are kept nowhere.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RangeForm</name>
    <message>
        <source>Addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n:03} counts: 001, 002 … Left empty, the address is the name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Or make rows from a range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type a range: 10.20.0.11-59, a network or several of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 device: {first} at {first_address}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} devices: {first} at {first_address} to {last} at {last_address}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Remedies</name>
    <message>
        <source>{0} is at {1} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RemovalDialog</name>
    <message>
        <source>Remove {name}</source>
        <extracomment>What becomes of the exporter.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {n} endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {n} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{verb}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It will no longer be watched and no alert will tell when it fails. Its notes and tags are lost, and its login is deleted from the keyring; what was measured until now stays in Prometheus.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They will no longer be watched and no alert will tell when one fails. Their notes and tags are lost, and their logins are deleted from the keyring; what was measured until now stays in Prometheus.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uninstall the exporter: the device is as it was before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the exporter running on the device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device is gone: only take it off the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunDesk</name>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunKeeper</name>
    <message>
        <source>Read the run</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunModel</name>
    <message>
        <source>No.</source>
        <extracomment>In this order they ask for attention. What changes while the run goes on: rows sorted by these move, once a second at most.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What came of it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunPage</name>
    <message>
        <source>No run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one in the list of all runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear the selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search device, address, result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All states</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try {devices} again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelling: what was begun is undone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused: what is under way goes on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>interrupted: nobody works on it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another window or command works on it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel run {n}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was begun on {running} is undone. {waiting} that wait stay as they are, and what is done stays done: the run can go on later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let it go on</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunsModel</name>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ended</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunsPage</name>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear the selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One action on many devices is a run: a list that is enrolled, a check of a whole site. It is kept here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the fleet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ScanForm</name>
    <message>
        <source>Addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where SSH servers may listen, with commas between them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSH ports</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connections that begin in a second, at most. Devices of a plant are easily overburdened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connections a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for exporters, too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At port 9100 and those of your endpoints.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask DNS for names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen for announcements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asks by multicast DNS what devices of this network say of themselves. Needs no addresses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Networks, ranges and addresses; ! leaves some out. Nothing is sent before you scan.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}, ports {1}: {2} or more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ScanStrip</name>
    <message>
        <source>Progress of the scan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select all that are new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counting the addresses …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of {1} addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} addresses asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no route to {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped; {0} found so far.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select the {0} that are new</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SecretEdit</name>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SecurityModel</name>
    <message>
        <source>Open to anyone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not encrypted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Protected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not reached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unclear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Altered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoint</source>
        <extracomment>The order in which they ask for attention.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From outside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ssh-agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>questions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plantwatch&apos;s own key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ends in {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It asks for nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It asks for a password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It asks for a client certificate.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SecurityPage</name>
    <message>
        <source>Check now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No endpoints yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For every endpoint it will stand here how it is reached, and what a stranger gets who connects to its exporter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol an endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Security</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recorded at enrolment. What a stranger gets was not checked yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seen from this computer, without credentials.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the security of the endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify the activity log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The security report is in {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the security report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the security report</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SecurityTable</name>
    <message>
        <source>Security of the endpoints</source>
        <extracomment>Who gets how much of the room that is left over, in tenths: those whose texts are long.</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ServiceCard</name>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Differs from its definition: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reads the endpoints and keeps the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Groups alerts and passes them on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draws the dashboards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>healthy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not healthy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>missing</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetupView</name>
    <message>
        <source>Docker host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The machine that runs the stack, day and night.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ssh://user@host, tcp://host:2376, unix:///var/run/docker.sock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An address of the host. 127.0.0.1: only the host itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prometheus port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alertmanager port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grafana port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading interval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seconds between two readings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Days that data are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A whole number is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deploy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ports, interval and retention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another engine, by its address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address of the engine is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed: look at the plan again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at {0} …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What will be done</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SharedLoginDialog</name>
    <message>
        <source>{n} endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login of {whose}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From now on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it for {whose}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is tried on each device first, up to root; one that refuses it keeps the login that it has. A key of Plantwatch&apos;s own is taken off its device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No login has a name yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give one a name: on an endpoint&apos;s page under More, Share login…, or in the settings under Logins.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} ({login})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SiteCards</name>
    <message>
        <source>Sites</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SiteChooser</name>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without a site</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StackPage</name>
    <message>
        <source>Host and options…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and remove…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No stack yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stack is what monitors: Prometheus reads the endpoints, Alertmanager passes alerts on, Grafana draws. It runs in containers on a Docker host of your choice and goes on when this window is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up the stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find Docker hosts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plan the stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deploy the stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stack runs on {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol an endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and remove the stack on {0}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monitoring and alerting end at once for every endpoint. The exporters on the devices stay. The recorded history stays on the host, and a new deployment goes on with it, unless you tick the box: what is removed then cannot be brought back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the recorded history and the passwords as well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove with all history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and remove the stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stack is removed. Its history is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stack is removed with its history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StartDialog</name>
    <message>
        <source>Enrol {n} devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enrol 1 device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the login</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is kept under this name, for all devices of this list: a new password is entered once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deploy the stack first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only where sudo asks for another one than the password above.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login for all of them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the stack</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stack on {host} monitors them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list names {users}; the login below counts for all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monitoring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} are enrolled, several at a time; each says how it goes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} stay in the list, to be mended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} are reached through jump hosts: by the key and login that an endpoint behind the same one has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list has the key of every device; another one is refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What they show is compared in one table, by you, before anything is done on them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list has those of {n}; for {rest} it has none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no stack to monitor them yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another login has this name. Choose it above, or give this one another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing the run down …</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StateView</name>
    <message>
        <source>Loading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These data are from {moment} ({age}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These data are old; since when is not known.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>Docker host: not known yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data: {age}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} tasks</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>No tasks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tasks: {state}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusView</name>
    <message>
        <source>Show what would mend it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} on {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stack is not as its definition says. Deploying again brings it back; data stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A service is not well. Its log usually says why.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StepListModel</name>
    <message>
        <source>to come</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StepRail</name>
    <message>
        <source>Step {0} of {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All steps are done</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StepView</name>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TaskList</name>
    <message>
        <source>Tasks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing runs. Work that you start is listed here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TaskRow</name>
    <message>
        <source>Progress of {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log of {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take {title} off the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been logged yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>VerifyStep</name>
    <message>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking {0} for its host key …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask {0} for its host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device has not shown its host key yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} at {1} shows this key</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WhereStep</name>
    <message>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>turbine-07</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How it is called in lists, charts and alerts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>10.20.0.7 or turbine-07.plant.example</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSH port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one or type a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>scada offshore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Separated by blanks or commas.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scrape address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the same as the address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where Prometheus reaches the device, if by another address than SSH does.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporter port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the device will offer its metrics.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listening address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all addresses of the device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One IP address of the device, if the metrics are to be offered on that one only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking that the name and the address are free …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name and the address</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WindowMemory</name>
    <message>
        <source>Remember the window</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Wording</name>
    <message>
        <source>Reach the device</source>
        <extracomment>What a step is called while it is to come, runs, or is over. Keys are the enumeration&apos;s name and the member&apos;s value.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check its host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find out what it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the exporter build</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transfer the exporter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read its metrics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add it to Prometheus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install Plantwatch&apos;s own key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log in with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep it, and forget the login that was given</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the exporter with the chosen metrics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it out of Prometheus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uninstall the exporter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that nothing is left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget the endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the checksums</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the build</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reach the Docker host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get the images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the volumes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create the container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deliver the configuration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait until it works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the viewer&apos;s account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the targets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify the activity log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the exporters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen for announcements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the recorded history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget the passwords</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WorkView</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling: what this run made is being taken back …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. What this run made is taken back, and nothing runs any more.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>dialog</name>
    <message>
        <source>Change the login…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask {name} for its host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new host key of {name} is trusted from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the host key of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login is called {name} now.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>parent</name>
    <message>
        <source>Host key of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host key of the jump host {target}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as list</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>self._dialog</name>
    <message>
        <source>Read the login</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>window</name>
    <message>
        <source>Remove {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is no longer monitored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the login…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare the keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Removing {name} was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Renew the certificate of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has a new certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} keeps what it has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Renewing the certificate of {name} was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} could not be checked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking {name} was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} endpoints are in {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has the exporter {version}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} keeps the exporter that it has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upgrade the exporter of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Upgrading {name} was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exporter of {name} reads what was chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} keeps the metrics that it has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the metrics of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changing the metrics of {name} was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
